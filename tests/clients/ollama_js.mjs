// One streamed chat with the official JavaScript client; prints the text. Arguments: the base URL and the model.
import { Ollama } from "ollama";

const [host, model] = process.argv.slice(2);
const messages = [{ role: "user", content: "hello" }];
let text = "";
for await (const part of await new Ollama({ host }).chat({ model, messages, stream: true })) {
  text += part.message.content;
}
process.stdout.write(text);
