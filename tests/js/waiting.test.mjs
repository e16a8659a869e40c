import assert from "node:assert/strict";
import { test } from "node:test";

import { cardOf } from "../../chat_static/js/waiting.js";

const row = (ticket, position, more = {}) => ({ ticket, position, class: "web_chat", waited_s: 2, eta_low_s: 20, eta_high_s: 30, ...more });
const queue = (waiting, state = "open") => ({ state, waiting, running: [] });

test("the card knows the place, the estimate and the time", () => {
  const card = cardOf(null, queue([row("t", 3)]), "t", 100);
  assert.deepEqual(card, { position: 3, low: 20, high: 30, waitedS: 2, seenAt: 100, ahead: null, reason: "", gate: "open" });
});

test("a ticket that does not wait has no card", () => {
  assert.equal(cardOf(null, queue([row("other", 1)]), "t", 0), null);
});

test("who is ahead is told only when all of them are seen", () => {
  const ahead = [row("a", 1, { class: "direct_api" }), row("b", 2, { class: "direct_api" }), row("c", 3, { class: "custom_app" })];
  assert.deepEqual(cardOf(null, queue([...ahead, row("t", 4)]), "t", 0).ahead, { direct_api: 2, custom_app: 1 });
  assert.equal(cardOf(null, queue([ahead[0], row("t", 4)]), "t", 0).ahead, null);
  assert.equal(cardOf(null, queue([row("t", 1)]), "t", 0).ahead, null);
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
