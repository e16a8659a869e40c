import assert from "node:assert/strict";
import { test } from "node:test";

import { cardOf } from "../../chat_static/js/waiting.js";
import { words } from "../../chat_static/js/words.js";

const row = (ticket, position, more = {}) => ({ ticket, position, class: "web_chat", waited_s: 2, eta_low_s: 20, eta_high_s: 30, ...more });
const queue = (waiting, state = "open") => ({ state, waiting, running: [] });

test("the card knows the place, the estimate and the time", () => {
  const card = cardOf(null, queue([row("t", 3)]), "t", 100);
  assert.deepEqual(card, { position: 3, low: 20, high: 30, waitedS: 2, seenAt: 100, ahead: {}, reason: "", gate: "open" });
});

test("a ticket that does not wait has no card", () => {
  assert.equal(cardOf(null, queue([row("other", 1)]), "t", 0), null);
});

test("what kind of thing is ahead is what the gate tells", () => {
  const ahead = { direct_api: 2, custom_app: 1 };
  assert.deepEqual(cardOf(null, queue([row("t", 4, { ahead })]), "t", 0).ahead, ahead);
});

test("it is said in a sentence, the quickest class first", () => {
  assert.equal(words.ahead({ direct_api: 2, web_chat: 1 }), "2 coding tools and 1 chat before you.");
  assert.equal(words.ahead({ web_chat: 3, custom_app: 1, direct_api: 1 }), "1 coding tool, 1 app and 3 chats before you.");
  assert.equal(words.ahead({ web_chat: 1 }), "1 chat before you.");
  assert.equal(words.ahead({}), "");
});

test("a place that gets worse has a reason, which stays until it gets better", () => {
  const first = cardOf(null, queue([row("t", 1)]), "t", 0);
  const overtaken = cardOf(first, queue([row("t", 2)]), "t", 1);
  assert.equal(overtaken.reason, "overtaken");
  const still = cardOf(overtaken, queue([row("t", 2)]), "t", 2);
  assert.equal(still.reason, "overtaken");
  assert.equal(cardOf(still, queue([row("t", 1, { eta_high_s: 20 })]), "t", 3).reason, "");
});

test("an estimate that grows has a reason, one that wobbles has none", () => {
  const first = cardOf(null, queue([row("t", 1, { eta_high_s: 40 })]), "t", 0);
  assert.equal(cardOf(first, queue([row("t", 1, { eta_high_s: 45 })]), "t", 1).reason, "");
  assert.equal(cardOf(first, queue([row("t", 1, { eta_high_s: 90 })]), "t", 1).reason, "slower");
});

test("a paused gate is told", () => {
  assert.equal(cardOf(null, queue([row("t", 1, { eta_low_s: null, eta_high_s: null })], "paused"), "t", 0).gate, "paused");
});
