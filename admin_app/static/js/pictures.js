// @ts-check
/** What the charts of the statistics page show, from what `/api/admin/statistics` tells. */

const KINDS = { direct_api: "coding tools", custom_app: "apps", web_chat: "chat page" };
const WAITS = { p50_s: "median", p95_s: "95th percentile", p99_s: "99th percentile" };
const MINUTE_S = 60;
/** More lines than these cannot be told apart. */
const MOST_REASONS = 5;

/** Of a step that has begun; less of it says little about the rest. */
const FAIR_PART = 0.25;

/** @typedef {import("./charts.js").Picture} Picture */

/** What can be drawn: a step that has hardly begun is not. @param {any} told @returns {any} */
export function drawable(told) {
  const isFair = (/** @type {any} */ { at }) => told.until_at - at >= told.step_s * FAIR_PART;
  return { ...told, steps: told.steps.filter(isFair) };
}

/** @param {any} told @param {(step: any) => number | null} value @returns {(number | null)[]} */
const each = (told, value) => told.steps.map(value);

/** @param {any} told @param {keyof typeof WAITS} percentile @returns {Picture} */
function waits(told, percentile) {
  const kinds = /** @type {(keyof typeof KINDS)[]} */ (Object.keys(told.waits).sort());
  return {
    title: `Wait, ${WAITS[percentile]} (seconds)`,
    value: (wait_s) => (wait_s ? `about ${Number(wait_s.toPrecision(2))} s` : "0 s"),
    lines: kinds.map((kind) => ({ label: KINDS[kind] ?? kind, values: each(told, ({ waits: by }) => (by[kind].requests ? by[kind][percentile] : null)) })),
  };
}

/** @param {any} told @returns {Picture} the last step has only begun */
function requests(told) {
  const perMinute = (/** @type {number} */ count, /** @type {any} */ { at }) => (count * MINUTE_S) / Math.min(told.step_s, told.until_at - at);
  return {
    title: "Requests per minute",
    value: (count) => `${Number(count.toFixed(1))} a minute`,
    lines: [
      { label: "arrived", values: each(told, (step) => perMinute(step.requests, step)) },
      { label: "of these failed", values: each(told, (step) => perMinute(step.failed, step)) },
    ],
  };
}

/** @param {any} told @returns {Picture} */
const throughput = (told) => ({
  title: "Tokens written per second",
  value: (rate) => `${rate.toFixed(1)} tokens/s`,
  lines: [{ label: "written", values: each(told, (step) => step.tokens_per_s) }],
});

/** @param {any} told @returns {Picture} below the number that there are at present, whatever it was then */
const busy = (told) => ({
  title: "Slots in use, on average",
  value: (slots) => `${Number(slots.toFixed(2))} slots`,
  lines: [
    { label: "in use", values: each(told, (step) => step.busy) },
    { label: "there are now", values: each(told, () => told.slots) },
  ],
});

/** @param {any} told @returns {Picture} the most frequent reasons each, all others together */
function refusals(told) {
  const reasons = Object.keys(told.refusals).sort((one, other) => told.refusals[other] - told.refusals[one]);
  const named = reasons.length > MOST_REASONS ? reasons.slice(0, MOST_REASONS - 1) : reasons;
  const others = reasons.slice(named.length);
  const lines = named.map((reason) => ({ label: reason, values: refused(told, [reason]) }));
  return {
    title: `Refused requests, every ${span(told.refusal_step_s)}`,
    value: (count) => `${count} requests`,
    lines: others.length ? [...lines, { label: "others", values: refused(told, others) }] : lines,
  };
}

/** @param {number} step_s @returns {string} */
const span = (step_s) => (step_s < 3600 ? `${step_s / MINUTE_S} minutes` : `${step_s / 3600} h`);

/** Their steps may be longer than those of requests. @param {any} told @param {string[]} reasons @returns {(number | undefined)[]} */
function refused({ steps, refusal_steps, refusal_step_s }, reasons) {
  const counts = new Map(refusal_steps.map((/** @type {any} */ step) => [step.at, reasons.reduce((sum, reason) => sum + (step.refusals[reason] ?? 0), 0)]));
  // The first step of refusals may have begun before the first one of requests.
  return steps.map((/** @type {any} */ { at }, /** @type {number} */ index) => counts.get(index ? at : at - (at % refusal_step_s)));
}

/** @type {Record<string, (told: any, percentile: keyof typeof WAITS) => Picture>} */
export const PICTURES = { waits, requests, throughput, busy, refusals };
