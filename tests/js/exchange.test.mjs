import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { AnswerError, exchange } from "../../chat_static/js/exchange.js";
import { BrokenStreamError } from "../../chat_static/js/ndjson.js";

const realFetch = globalThis.fetch;
const question = { model: "m", messages: [{ role: "user", content: "hi" }] };
let said;
let hooks;

beforeEach(() => {
  globalThis.document = { cookie: "" };
  said = { text: "", thinking: "", starts: 0, headers: 0 };
  hooks = {
    onHeaders: () => (said.headers += 1),
    onStart: () => (said.starts += 1),
    onPiece: ({ content, thinking }) => ((said.text += content), (said.thinking += thinking)),
  };
});
afterEach(() => {
  globalThis.fetch = realFetch;
  delete globalThis.document;
});

function answers(body, headers = {}) {
  globalThis.fetch = async () => new Response(body, { headers });
}
const run = () => exchange(question, "ticket", hooks, new AbortController().signal);

test("the pieces of an answer arrive in order and the wait is told", async () => {
  answers('  {"message":{"content":"Hel"}}\n{"message":{"content":"lo"}}\n{"done":true,"eval_count":2}\n', { "X-Queue-Wait-Ms": "1500" });
  const { last, waitedS } = await run();
  assert.deepEqual(said, { text: "Hello", thinking: "", starts: 1, headers: 1 });
  assert.equal(last.eval_count, 2);
  assert.equal(waitedS, 1.5);
});

test("headers that came before the turn say nothing about the wait", async () => {
  answers('{"message":{"content":"a"}}\n{"done":true}\n');
  assert.equal((await run()).waitedS, null);
  assert.equal(said.headers, 0);
});

test("thinking arrives apart, from its own field and from tags", async () => {
  answers('{"message":{"content":"","thinking":"a"}}\n{"message":{"content":"<think>b</thi"}}\n{"message":{"content":"nk>c"}}\n{"done":true}\n');
  await run();
  assert.equal(said.thinking, "ab");
  assert.equal(said.text, "c");
});

test("an error inside the stream ends the exchange with its sentence", async () => {
  answers('{"message":{"content":"Hel"}}\n{"error":"Ollama fell silent."}\n');
  await assert.rejects(run(), (error) => error instanceof AnswerError && error.message === "Ollama fell silent.");
  assert.equal(said.text, "Hel");
});

test("a stream without its final record is not taken for a whole answer", async () => {
  answers('{"message":{"content":"Hel"}}\n');
  await assert.rejects(run(), AnswerError);
});

test("a stream that is no JSON is not understood", async () => {
  answers('{"message":\n');
  await assert.rejects(run(), BrokenStreamError);
});
