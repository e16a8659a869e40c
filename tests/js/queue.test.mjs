import assert from "node:assert/strict";
import { test } from "node:test";

import { Cancellations } from "../../admin_app/static/js/queue_rows.js";
import { banner, duration, kind, oldestWait, priority, range, speed, statusLine, totalSpeed, visible } from "../../admin_app/static/js/queue_words.js";

const queue = (more = {}) => ({ state: "open", since_at: 1000, by: "", slots: { total: 2, used: 1 }, running: [], waiting: [], ...more });
const rows = (...tickets) => tickets.map((ticket, index) => ({ ticket, position: index + 1 }));
const fates = (shown) => shown.map(({ row, fate }) => [row.ticket, fate]);

test("the status line counts slots and the waiting", () => {
  assert.equal(statusLine(queue()), "The gate is open. 1 of 2 slots in use, nobody waits.");
  assert.match(statusLine(queue({ waiting: rows("a", "b") })), /2 waiting/);
});

test("the banner says who and when, and nothing while the gate is open", () => {
  assert.equal(banner(queue(), 1000), "");
  assert.equal(banner(queue({ state: "paused", by: "ann" }), 1200), "Paused by ann, 3 min ago. Requests come in and wait; nobody is admitted.");
  assert.match(banner(queue({ state: "draining" }), 9000), /^Set to drain, 2 h 13 min ago\. /);
  assert.match(banner(queue({ state: "paused", by: "a\u202en" }), 900), /^Paused by a\\u202en, less than a minute ago/);
});

test("a time has at most two units and is never negative", () => {
  const told = { 0: "0 s", 59.9: "59 s", 60: "1 min", 125: "2 min 5 s", 3600: "1 h", 7500: "2 h 5 min", "-3": "0 s" };
  for (const [seconds, words] of Object.entries(told)) assert.equal(duration(Number(seconds)), words);
});

test("an estimate is a range in one unit, and a dash while nobody is admitted", () => {
  assert.equal(range(null, null), "–");
  assert.equal(range(0.4, 2.1), "0–3 s");
  assert.equal(range(60, 240), "1–4 min");
  assert.equal(range(3600, 3600 * 2), "1–2 h");
  assert.equal(range(2, 2), "2 s");
});

test("priorities, speeds and classes are written for people", () => {
  assert.equal(priority({ base: 3, effective: -0.456 }), "3 → −0.46");
  assert.deepEqual([speed(null), speed(12.34)], ["–", "12.3"]);
  assert.deepEqual([kind("web_chat"), kind("other")], ["chat page", "other"]);
});

test("letters that cannot be seen, or turn the line around, are shown by their number", () => {
  assert.equal(visible("a\u200bnn \u202eledom<b>"), "a\\u200bnn \\u202eledom<b>");
});

test("the oldest wait and the speed of all answers are summed up", () => {
  assert.equal(oldestWait(queue()), 0);
  assert.equal(oldestWait(queue({ waiting: [{ waited_s: 4 }, { waited_s: 9 }] })), 9);
  assert.equal(totalSpeed(queue({ running: [{ tokens_per_s: 2.5 }, { tokens_per_s: null }] })), 2.5);
});

test("a cancelled row says so in its place, and goes after a while", () => {
  const cancelled = new Cancellations();
  cancelled.note({ ticket: "b", position: 2 }, false, 0);
  assert.deepEqual(fates(cancelled.applied(queue({ waiting: rows("a", "b") }), 1).waiting), [["a", ""], ["b", "ending"]]);
  assert.deepEqual(fates(cancelled.applied(queue({ waiting: rows("a", "c") }), 2).waiting), [["a", ""], ["b", "cancelled"], ["c", ""]]);
  assert.deepEqual(fates(cancelled.applied(queue({ waiting: rows("a", "c") }), 10_001).waiting), [["a", ""], ["c", ""]]);
});

test("a running answer that is being cancelled is one until the gate lets it go", () => {
  const cancelled = new Cancellations();
  cancelled.note({ ticket: "r" }, true, 0);
  assert.deepEqual(fates(cancelled.applied(queue({ running: [{ ticket: "r" }] }), 20_000).running), [["r", "ending"]]);
  assert.deepEqual(fates(cancelled.applied(queue(), 5000).running), [["r", "cancelled"]]);
});
