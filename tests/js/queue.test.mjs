import assert from "node:assert/strict";
import { test } from "node:test";

import { Cancellations } from "../../admin_app/static/js/queue_rows.js";
import { SpeedMeter } from "../../admin_app/static/js/queue_speed.js";
import { ago, banner, duration, kind, oldestWait, outcome, priority, range, speed, statusLine, timeOfDay, visible } from "../../admin_app/static/js/queue_words.js";

const queue = (more = {}) => ({ state: "open", at: 1000, since_at: 1000, by: "", slots: { total: 2, used: 1 }, running: [], waiting: [], ...more });
const rows = (...tickets) => tickets.map((ticket, index) => ({ ticket, position: index + 1 }));
const fates = (shown) => shown.map(({ row, fate }) => [row.ticket, fate]);

test("the status line counts slots and the waiting", () => {
  assert.equal(statusLine(queue()), "The gate is open. 1 of 2 slots in use, nobody waits.");
  assert.match(statusLine(queue({ waiting: rows("a", "b") })), /2 waiting/);
});

test("the banner says who and when, and nothing while the gate is open", () => {
  assert.equal(banner(queue()), "");
  assert.equal(banner(queue({ state: "paused", by: "ann", at: 1200 })), "Paused by ann, 3 min ago. Requests come in and wait; nobody is admitted.");
  assert.match(banner(queue({ state: "draining", at: 9000 })), /^Set to drain, 2 h 13 min ago\. /);
  assert.match(banner(queue({ state: "paused", by: "a\u202en", at: 900 })), /^Paused by a\\u202en, less than a minute ago/);
});

test("a time has at most two units and is never negative", () => {
  const told = { 0: "0 s", 59.9: "59 s", 60: "1 min", 125: "2 min 5 s", 3600: "1 h", 7500: "2 h 5 min", "-3": "0 s" };
  for (const [seconds, words] of Object.entries(told)) assert.equal(duration(Number(seconds)), words);
});

test("an estimate is a range in one unit, and a dash while nobody is admitted", () => {
  assert.equal(range(null, null), "–");
  assert.equal(range(0.4, 2.1), "0–3 s");
  assert.equal(range(60, 240), "1–4 min");
  assert.equal(range(25, 100), "up to 2 min");
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

test("the oldest wait is that of whoever waits longest", () => {
  assert.equal(oldestWait(queue()), 0);
  assert.equal(oldestWait(queue({ waiting: [{ waited_s: 4 }, { waited_s: 9 }] })), 9);
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

test("a running answer that was cancelled stays in its place among the others", () => {
  const running = (...tickets) => queue({ running: tickets.map((ticket) => ({ ticket })) });
  const cancelled = new Cancellations();
  cancelled.applied(running("a", "b", "c"), 0);
  cancelled.note({ ticket: "b" }, true, 0);
  assert.deepEqual(fates(cancelled.applied(running("a", "c"), 1).running), [["a", ""], ["b", "cancelled"], ["c", ""]]);
  cancelled.note({ ticket: "c" }, true, 2);
  assert.deepEqual(fates(cancelled.applied(running("a", "d"), 3).running), [["a", ""], ["b", "cancelled"], ["c", "cancelled"], ["d", ""]]);
});

test("a waiting one that ran by the time it was cancelled stands last among the running", () => {
  const cancelled = new Cancellations();
  cancelled.applied(queue({ running: [{ ticket: "a" }], waiting: rows("b") }), 0);
  cancelled.note({ ticket: "b", position: 1 }, true, 0);
  assert.deepEqual(fates(cancelled.applied(queue({ running: [{ ticket: "a" }] }), 1).running), [["a", ""], ["b", "cancelled"]]);
});

test("what became of a wish is told by the state the ticket is in", () => {
  const bump = (state) => outcome("is at the front", "ann", state);
  assert.equal(bump("waiting"), "The request of ann is at the front.");
  assert.match(bump("streaming"), /^The request of ann runs already;/);
  assert.equal(bump("timed_out"), "The request of ann had ended already (timed out).");
  assert.equal(bump("cancelled"), "The request of ann had ended already (cancelled).");
  const cancel = (state) => outcome("is cancelled", "ann", state, true);
  for (const state of ["waiting", "admitted", "streaming", "cancelled"]) assert.equal(cancel(state), "The request of ann is cancelled.");
  assert.equal(cancel("done"), "The request of ann had ended already (done).");
});

test("the speed is that of the last seconds, not of the whole answers", () => {
  const meter = new SpeedMeter();
  const speeds = [[0, 1000], [1000, 1010], [2000, 1020], [3000, 1020], [4000, 1020], [5000, 1020], [6000, 1020], [7000, 1020], [8000, 1020]].map(([atMs, tokens]) => {
    meter.note([{ ticket: "a", tokens }], atMs);
    return meter.perSecond;
  });
  assert.deepEqual(speeds, [null, 10, 10, 20 / 3, 5, 4, 2, 0, 0]);
});

test("an answer that has just begun counts whole, one that has ended no more", () => {
  const meter = new SpeedMeter();
  meter.note([{ ticket: "a", tokens: 50 }], 0);
  meter.note([{ ticket: "b", tokens: 4 }], 1000);
  assert.equal(meter.perSecond, 4);
  meter.note([], 2000);
  assert.equal(meter.perSecond, 2);
});

test("over a gap no speed is told", () => {
  const meter = new SpeedMeter();
  meter.note([{ ticket: "a", tokens: 5 }], 0);
  meter.note([{ ticket: "a", tokens: 50 }], 60_000);
  assert.equal(meter.perSecond, null);
  meter.note([{ ticket: "a", tokens: 53 }], 61_000);
  assert.equal(meter.perSecond, 3);
});

test("an instant is told as a time of day to the second", () => {
  assert.match(timeOfDay(1000), /^\d\d:\d\d:\d\d$/);
});

test("ages are told to the minute, and in days when they are long", () => {
  assert.deepEqual([59, 61, 3700, 2 * 86400 - 1, 2 * 86400, 13.5 * 86400].map(ago), ["less than a minute ago", "1 min ago", "1 h 1 min ago", "47 h 59 min ago", "2 days ago", "13 days ago"]);
});
