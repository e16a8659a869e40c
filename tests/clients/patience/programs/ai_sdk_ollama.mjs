// The AI SDK with ai-sdk-ollama.
import { streamText } from "ai";
import { createOllama } from "ai-sdk-ollama";

const [baseURL, model, apiKey] = process.argv.slice(2);
const { textStream } = streamText({ model: createOllama({ baseURL, apiKey })(model), prompt: "hello" });
for await (const text of textStream) process.stdout.write(text);
