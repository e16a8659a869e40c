// LangChain's JavaScript package.
import { ChatOllama } from "@langchain/ollama";

const [baseUrl, model, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
for await (const chunk of await new ChatOllama({ baseUrl, model, headers }).stream("hello")) {
  process.stdout.write(chunk.content);
}
