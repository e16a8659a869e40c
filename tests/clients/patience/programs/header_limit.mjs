// Cline 3.89 for VS Code: Node's fetch, given up when the headers have not come after 30 seconds.
const [url, model, key] = process.argv.slice(2);
const impatience = new AbortController();
const timer = setTimeout(() => impatience.abort(new Error("no headers after 30 seconds")), 30_000);
const answer = await fetch(`${url}/api/chat`, {
  method: "POST",
  headers: { Authorization: `Bearer ${key}` },
  body: JSON.stringify({ model, messages: [{ role: "user", content: "hello" }], stream: true }),
  signal: impatience.signal,
});
clearTimeout(timer);
const lines = (await answer.text()).trimEnd().split("\n");
process.stdout.write(lines.map((line) => JSON.parse(line).message.content).join(""));
