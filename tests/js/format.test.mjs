import assert from "node:assert/strict";
import { test } from "node:test";

import { duration, ordinal, statistics, waitingLine } from "../../chat_static/js/format.js";

test("ordinals end as people say them", () => {
  const expected = { 1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 122: "122nd" };
  for (const [number, text] of Object.entries(expected)) assert.equal(ordinal(Number(number)), text);
});

test("durations are in seconds, then in minutes", () => {
  assert.equal(duration(0.2), "0 s");
  assert.equal(duration(59.4), "59 s");
  assert.equal(duration(59.6), "1 min 0 s");
  assert.equal(duration(125), "2 min 5 s");
});

test("the statistics hold tokens, speed and wait", () => {
  assert.equal(statistics({ eval_count: 42, eval_duration: 2e9 }, 14.2), "42 tokens · 21.0 tokens/s · waited 14 s");
});

test("the statistics leave out what is not known", () => {
  assert.equal(statistics({}, null), "");
  assert.equal(statistics({ eval_count: 1 }, null), "1 token");
  assert.equal(statistics({}, 0), "waited 0 s");
});

test("the waiting line names the place, the estimate and the time", () => {
  const ticket = { state: "waiting", position: 2, waited_s: 12.1, eta_low_s: 40, eta_high_s: 61 };
  assert.equal(waitingLine(ticket), "2nd in line · about 40 s to 1 min 1 s · waiting 12 s");
});

test("an unknown estimate is left out", () => {
  assert.equal(waitingLine({ state: "waiting", position: 1, waited_s: 3, eta_low_s: null, eta_high_s: null }), "1st in line · waiting 3 s");
});

test("an admitted ticket is no longer in line", () => {
  assert.match(waitingLine({ state: "admitted", waited_s: 3 }), /your turn/i);
});
