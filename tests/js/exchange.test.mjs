import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { AnswerError, exchange } from "../../chat_static/js/exchange.js";

const realFetch = globalThis.fetch;
const question = { model: "m", messages: [{ role: "user", content: "hi" }] };
let said;
let hooks;

beforeEach(() => {
  globalThis.document = { cookie: "", hidden: false };
  said = { text: "", starts: 0 };
  hooks = { onTicket() {}, onStart: () => (said.starts += 1), onText: (piece) => (said.text += piece) };
});
afterEach(() => {
  globalThis.fetch = realFetch;
  delete globalThis.document;
});

function answers(body, headers = {}) {
  globalThis.fetch = async () => new Response(body, { headers });
}

test("the pieces of an answer arrive in order and the wait is told", async () => {
  answers('  {"message":{"content":"Hel"}}\n{"message":{"content":"lo"}}\n{"done":true,"eval_count":2}\n', { "X-Queue-Wait-Ms": "1500" });
  const { last, waitedSeconds } = await exchange(question, hooks, new AbortController().signal);
  assert.deepEqual(said, { text: "Hello", starts: 1 });
  assert.equal(last.eval_count, 2);
  assert.equal(waitedSeconds, 1.5);
});

test("an error inside the stream ends the exchange with its sentence", async () => {
  answers('{"message":{"content":"Hel"}}\n{"error":"Ollama fell silent."}\n');
  await assert.rejects(exchange(question, hooks, new AbortController().signal), (error) => error instanceof AnswerError && error.message === "Ollama fell silent.");
  assert.equal(said.text, "Hel");
});

test("a stream without its final record is not taken for a whole answer", async () => {
  answers('{"message":{"content":"Hel"}}\n');
  await assert.rejects(exchange(question, hooks, new AbortController().signal), AnswerError);
});
