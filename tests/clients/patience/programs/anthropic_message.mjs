// Anthropic's JavaScript package.
import Anthropic from "@anthropic-ai/sdk";

const [baseURL, model, apiKey] = process.argv.slice(2);
const messages = [{ role: "user", content: "hello" }];
const stream = new Anthropic({ baseURL, apiKey }).messages.stream({ model, max_tokens: 9, messages });
stream.on("text", (text) => process.stdout.write(text));
await stream.finalMessage();
