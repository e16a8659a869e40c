// The AI SDK with ollama-ai-provider-v2.
import { streamText } from "ai";
import { createOllama } from "ollama-ai-provider-v2";

const [url, model, key] = process.argv.slice(2);
const ollama = createOllama({ baseURL: `${url}/api`, headers: { Authorization: `Bearer ${key}` } });
const { textStream } = streamText({ model: ollama(model), prompt: "hello" });
for await (const text of textStream) process.stdout.write(text);
