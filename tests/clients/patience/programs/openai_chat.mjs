// OpenAI's JavaScript package.
import OpenAI from "openai";

const [url, model, apiKey] = process.argv.slice(2);
const messages = [{ role: "user", content: "hello" }];
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey });
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
