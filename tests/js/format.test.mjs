import assert from "node:assert/strict";
import { test } from "node:test";

import { byDay, duration, fineDuration, range, size, statistics, wordCount } from "../../chat_static/js/format.js";
import { ordinal } from "../../chat_static/js/words.js";

test("ordinals end as people say them", () => {
  const expected = { 1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 122: "122nd" };
  for (const [number, text] of Object.entries(expected)) assert.equal(ordinal(Number(number)), text);
});

test("durations are in seconds, then in minutes, then in hours", () => {
  for (const [seconds, text] of [[0.2, "0 s"], [59.4, "59 s"], [59.6, "1 min"], [125, "2 min 5 s"], [3600, "1 h"], [3900, "1 h 5 min"]]) {
    assert.equal(duration(seconds), text);
  }
  assert.equal(fineDuration(12.34), "12.3 s");
});

test("an estimate is a rounded range", () => {
  const expected = [[0, 3, "a few seconds"], [7, 12, "5–15 s"], [40, 61, "40–70 s"], [44, 60, "40–60 s"], [70, 110, "1–2 min"], [130, 170, "2–3 min"], [95, 100, "1–2 min"], [0, 100, "1–2 min"], [600, 1500, "10–25 min"], [60, 60, "60 s"]];
  for (const [low, high, text] of expected) assert.equal(range(low, high), text, `${low}–${high}`);
});

test("an unknown estimate is not shown", () => {
  assert.equal(range(null, null), "");
  assert.equal(range(undefined, 3), "");
});

test("sizes are as models are sold", () => {
  assert.equal(size(253_113_024), "253 MB");
  assert.equal(size(4_700_000_000), "4.7 GB");
});

test("the statistics hold tokens, time, speeds, loading and wait", () => {
  const last = { eval_count: 42, eval_duration: 2e9, prompt_eval_count: 10, prompt_eval_duration: 5e8, load_duration: 1.2e9, total_duration: 4e9, waited_s: 14.2 };
  assert.equal(statistics(last), "42 tokens · took 4.0 s · 21.0 tokens/s · prompt 20.0 tokens/s · loaded in 1.2 s · waited 14 s");
});

test("the statistics leave out what is not known, and a load that was none", () => {
  assert.equal(statistics({}), "");
  assert.equal(statistics({ eval_count: 1, load_duration: 4e7 }), "1 token");
  assert.equal(statistics({ waited_s: 0 }), "waited 0 s");
});

test("words are counted as people count them", () => {
  assert.equal(wordCount("  one two\nthree "), 3);
  assert.equal(wordCount(""), 0);
});

test("chats stand under the day of their last change, the latest first", () => {
  const now = new Date(2026, 10, 23, 12, 0);
  const at = (days, hour) => new Date(2026, 10, 23 - days, hour).getTime() / 1000;
  const rows = [at(0, 1), at(1, 23), at(0, 9), at(3, 5), at(20, 5), at(90, 5)].map((updated_at) => ({ updated_at }));
  const groups = byDay(rows, now).map(({ day, rows: found }) => [day, found.length]);
  assert.deepEqual(groups, [["today", 2], ["yesterday", 1], ["week", 1], ["month", 1], ["older", 1]]);
  assert.equal(byDay(rows, now)[0].rows[0].updated_at, at(0, 9));
  assert.deepEqual(byDay([], now), []);
});
