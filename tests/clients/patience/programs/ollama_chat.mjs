// The official JavaScript package.
import { Ollama } from "ollama";

const [host, model, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
const messages = [{ role: "user", content: "hello" }];
for await (const part of await new Ollama({ host, headers }).chat({ model, messages, stream: true })) {
  process.stdout.write(part.message.content);
}
