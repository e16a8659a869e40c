import assert from "node:assert/strict";
import { test } from "node:test";

import { drawable, PICTURES } from "../../admin_app/static/js/pictures.js";

const wait = (requests, p50_s) => ({ requests, p50_s, p95_s: 2 * p50_s, p99_s: 3 * p50_s });
const step = (at, more) => ({ at, requests: 0, failed: 0, tokens_per_s: 0, busy: 0, waits: { web_chat: wait(0, 0) }, ...more });
const told = {
  step_s: 120,
  until_at: 1260,
  slots: 2,
  waits: { web_chat: wait(3, 1) },
  steps: [step(660), step(780, { requests: 4, failed: 1, tokens_per_s: 7, busy: 0.5, waits: { web_chat: wait(4, 1) } }), step(1200, { requests: 3 })],
  refusals: { a: 1, b: 5 },
  refusal_step_s: 600,
  refusal_steps: [{ at: 600, refusals: { b: 2 } }, { at: 1200, refusals: { a: 1, b: 3 } }],
};

test("a step in which nobody waited is a gap and not a wait of nothing", () => {
  const { title, lines, value } = PICTURES.waits(told, "p99_s");
  assert.deepEqual([value(123.4), value(0.0123), value(0)], ["about 120 s", "about 0.012 s", "0 s"]);
  assert.equal(title, "Wait, 99th percentile (seconds)");
  assert.deepEqual(lines, [{ label: "chat page", values: [null, 3, null] }]);
});

test("requests are told by the minute, whatever the step, also in the one that has only begun", () => {
  const { lines } = PICTURES.requests(told, "p50_s");
  assert.deepEqual(lines.map((line) => line.values), [[0, 2, 3], [0, 0.5, 0]]);
});

test("tokens and slots are told as they come", () => {
  assert.deepEqual(PICTURES.throughput(told, "p50_s").lines[0].values, [0, 7, 0]);
  assert.equal(PICTURES.throughput(told, "p50_s").value(7), "7.0 tokens/s");
  assert.deepEqual(PICTURES.busy(told, "p50_s").lines.map((line) => line.values), [[0, 0.5, 0], [2, 2, 2]]);
  assert.equal(PICTURES.busy(told, "p50_s").value(0.123), "0.12 slots");
});

test("a step is drawn once a quarter of it is over", () => {
  const drawnAt = (until_at) => drawable({ ...told, until_at }).steps.map(({ at }) => at);
  assert.deepEqual(drawnAt(1200.003), [660, 780]);
  assert.deepEqual(drawnAt(1229.9), [660, 780]);
  assert.deepEqual(drawnAt(1230), [660, 780, 1200]);
});

test("refusals stand where their longer steps begin, the most frequent reason first", () => {
  const { title, lines } = PICTURES.refusals(told, "p50_s");
  assert.equal(title, "Refused requests, every 10 minutes");
  assert.deepEqual(lines, [{ label: "b", values: [2, undefined, 3] }, { label: "a", values: [0, undefined, 1] }]);
});

test("of many reasons the rare ones are drawn together, and none is lost", () => {
  const refusals = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const { lines } = PICTURES.refusals({ ...told, refusals, refusal_steps: [{ at: 600, refusals }] }, "p50_s");
  assert.deepEqual(lines.map(({ label, values }) => [label, values[0]]), [["f", 6], ["e", 5], ["d", 4], ["c", 3], ["others", 3]]);
});

test("nothing refused is no line", () => assert.deepEqual(PICTURES.refusals({ ...told, refusals: {}, refusal_steps: [] }, "p50_s").lines, []));
