import assert from "node:assert/strict";
import { test } from "node:test";

import { AnswerKeeping } from "../../chat_static/js/answer_keeping.js";
import { ApiError } from "../../chat_static/js/api.js";
import { Keeper } from "../../chat_static/js/keeper.js";
import { Places, PLACES } from "../../chat_static/js/places.js";
import { Poller } from "../../chat_static/js/poller.js";
import { problemOf } from "../../chat_static/js/problems.js";
import { Store } from "../../chat_static/js/store.js";

test("writes of one conversation arrive in order, and again until they do", async () => {
  const written = [];
  const late = [];
  const keeper = new Keeper((isLate) => late.push(isLate), assert.fail, 1);
  let failures = 2;
  keeper.keep("c", async () => {
    if (failures-- > 0) throw new ApiError("away", 0);
    written.push("first");
  });
  await keeper.keep("c", async () => written.push("second"));
  assert.deepEqual(written, ["first", "second"]);
  assert.deepEqual(late, [true, false]);
});

test("a write that can never succeed is reported and does not hold up the next", async () => {
  const lost = [];
  const keeper = new Keeper(assert.fail, (error) => lost.push(error.status), 1);
  keeper.keep("c", async () => { throw new ApiError("no such conversation", 404); });
  let isWritten = false;
  await keeper.keep("c", async () => (isWritten = true));
  assert.ok(isWritten);
  assert.deepEqual(lost, [404]);
});

test("what is not written when the page goes away is sent at once, in order", () => {
  const sent = [];
  const keeper = new Keeper(() => {}, assert.fail, 1);
  for (const name of ["first", "second"]) keeper.keep("c", () => (sent.push(name), new Promise(() => {})));
  keeper.leave();
  assert.deepEqual(sent, ["first", "second"]);
});

test("a growing answer is kept piece by piece, each piece once", async () => {
  const answer = { content: "", thinking: "" };
  const pieces = [];
  const keeping = new AnswerKeeping(answer, async (piece) => pieces.push(piece));
  await keeping.send();
  answer.thinking = "hm";
  answer.content = "one";
  await keeping.send();
  answer.content = "one two";
  await keeping.send();
  assert.deepEqual(pieces, [
    { offset: 0, content: "one", thinking_offset: 0, thinking: "hm" },
    { offset: 3, content: " two", thinking_offset: 2, thinking: "" },
  ]);
});

test("where the server lacks text, everything behind what it has is sent", async () => {
  const answer = { content: "one two", thinking: "" };
  const offsets = [];
  const keeping = new AnswerKeeping({ content: "", thinking: "" }, async () => {});
  keeping.answer = answer;
  keeping.append = async ({ offset }) => {
    offsets.push(offset);
    if (offsets.length === 2) throw new ApiError("gap", 409, { said: { length: 3, thinking_length: 0 } });
  };
  await keeping.send();
  answer.content += " three";
  await keeping.send();
  await keeping.send();
  assert.deepEqual(offsets, [0, 7, 3]);
});

test("a piece that did not arrive goes along with the next", async () => {
  const sent = [];
  const answer = { content: "", thinking: "" };
  const keeping = new AnswerKeeping(answer, async (piece) => {
    sent.push(piece.content);
    if (sent.length === 1) throw new ApiError("away", 0);
  });
  answer.content = "a";
  await keeping.send();
  answer.content = "ab";
  await keeping.send();
  assert.deepEqual(sent, ["a", "ab"]);
});

/** Locks as browsers have them, for one process. */
function fakeLocks() {
  const held = new Map();
  return {
    async request(name, { signal }, hold) {
      while (held.has(name)) {
        signal.throwIfAborted();
        await Promise.race([held.get(name), new Promise((resolve) => signal.addEventListener("abort", resolve))]);
      }
      signal.throwIfAborted();
      const done = Promise.resolve().then(hold);
      held.set(name, done);
      await done;
      held.delete(name);
    },
  };
}

for (const [kind, locks] of [["locks of all tabs", fakeLocks()], ["this tab alone", undefined]]) {
  test(`a fifth question waits for a place, counted by ${kind}`, async () => {
    const places = new Places(locks);
    const { signal } = new AbortController();
    const taken = [];
    for (let count = 0; count < PLACES; count += 1) taken.push(await places.take(signal));
    let isIn = false;
    const fifth = places.take(signal).then((giveBack) => ((isIn = true), giveBack));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(isIn, false);
    taken[2]();
    (await fifth)();
    assert.equal(isIn, true);
    for (const giveBack of taken) giveBack();
  });

  test(`who gives up waiting for a place holds none, counted by ${kind}`, async () => {
    const places = new Places(locks);
    const { signal } = new AbortController();
    const taken = [];
    for (let count = 0; count < PLACES; count += 1) taken.push(await places.take(signal));
    const stop = new AbortController();
    const fifth = places.take(stop.signal);
    stop.abort();
    await assert.rejects(fifth, { name: "AbortError" });
    for (const giveBack of taken) giveBack();
    for (let count = 0; count < PLACES; count += 1) (await places.take(signal))();
  });
}

test("the queue is told to everybody who watches, and nobody asks once they have left", async () => {
  let looks = 0;
  const told = [];
  const poller = new Poller({ look: async () => (looks += 1), locks: undefined, channel: undefined, isHidden: () => false });
  await new Promise((resolve) => {
    const leave = poller.watch((queue) => (told.push(queue), leave(), resolve()));
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(told, [1]);
  assert.equal(looks, 1);
});

test("what another tab has seen is told as well", () => {
  const channel = { postMessage: assert.fail, onmessage: null };
  const poller = new Poller({ look: assert.fail, locks: { request: () => new Promise(() => {}) }, channel, isHidden: () => false });
  const told = [];
  const leave = poller.watch((queue) => told.push(queue));
  channel.onmessage({ data: { state: "open" } });
  leave();
  assert.deepEqual(told, [{ state: "open" }]);
});

test("changes of one turn are told once", async () => {
  const store = new Store({ a: 1, b: 1 });
  let times = 0;
  const leave = store.subscribe(() => (times += 1));
  store.set({ a: 2 });
  store.set({ b: 2 });
  await null;
  assert.deepEqual([times, store.state], [1, { a: 2, b: 2 }]);
  leave();
  store.set({ a: 3 });
  await null;
  assert.equal(times, 1);
});

test("every kind of failure says what to do", () => {
  const advice = (status, more) => problemOf(new ApiError("It failed.", status, more)).advice;
  assert.match(advice(0), /connection/);
  assert.match(advice(401), /Sign in/);
  assert.match(advice(429, { reason: "own_limit", retryAfterS: 10 }), /your answers/);
  assert.match(advice(503, { reason: "queue_full", retryAfterS: 30 }), /30 seconds/);
  assert.match(advice(404, { reason: "model_unknown" }), /another model/);
  assert.match(advice(403, { reason: "cancelled" }), /ask again/);
  assert.match(problemOf(new TypeError("network error")).sentence, /broke off/);
  assert.equal(problemOf(new ApiError("x", 401)).isSignIn, true);
});
