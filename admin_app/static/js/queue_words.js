// @ts-check
/** What the live queue says to people; pure, so that it can be tested without a page. */

/** @typedef {{total: number, used: number}} Slots */
/** @typedef {{ticket: string, principal: string, class: string, model: string, base: number, effective: number}} Place */
/** @typedef {Place & {position: number, bumped: boolean, waited_s: number, eta_low_s: number | null, eta_high_s: number | null, why: string}} Waiting */
/** @typedef {Place & {running_s: number, tokens: number, tokens_per_s: number | null}} Running */
/** @typedef {{state: "open" | "paused" | "draining", at: number, since_at: number, by: string, slots: Slots, waiting: Waiting[], running: Running[]}} Queue */

const KINDS = /** @type {Record<string, string>} */ ({ direct_api: "coding tool", custom_app: "app", web_chat: "chat page" });
const DAY_S = 24 * 3600;
const STATES = {
  open: { word: "open", did: "Opened", means: "" },
  paused: { word: "paused", did: "Paused", means: "Requests come in and wait; nobody is admitted." },
  draining: { word: "draining", did: "Set to drain", means: "Nothing new is taken; what runs may finish." },
};

/** The text with everything that cannot be seen, or turns the line around, as `\\u202e`. @param {string} text */
export const visible = (text) =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => `\\u${letter.codePointAt(0)?.toString(16).padStart(4, "0")}`);

/** @param {string} name of a class @returns {string} */
export const kind = (name) => KINDS[name] ?? name;

/** @param {number} seconds @returns {string} 3 s, 2 min 5 s, 2 h 5 min */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const [many, few, unit, smaller] = whole < 3600 ? [whole, 60, "min", "s"] : [Math.floor(whole / 60), 60, "h", "min"];
  return many % few ? `${Math.floor(many / few)} ${unit} ${many % few} ${smaller}` : `${many / few} ${unit}`;
}

/** @param {number | null} low seconds @param {number | null} high @returns {string} a range, for nobody knows better */
export function range(low, high) {
  if (low === null || high === null) return "–";
  const [unit, word] = high < 90 ? [1, "s"] : high < 5400 ? [60, "min"] : [3600, "h"];
  const [from, to] = [Math.floor(low / unit), Math.ceil(high / unit)];
  if (from === to) return `${to} ${word}`;
  return from || unit === 1 ? `${from}–${to} ${word}` : `up to ${to} ${word}`;
}

/** @param {Place} row @returns {string} where its priority began, and where it is */
export const priority = ({ base, effective }) => `${base} → ${effective.toFixed(2).replace("-", "−")}`;

/** @param {number | null} perSecond @returns {string} */
export const speed = (perSecond) => (perSecond === null ? "–" : perSecond.toFixed(1));

/** @param {Queue} queue @returns {string} */
export function statusLine({ state, slots, waiting }) {
  const line = waiting.length === 0 ? "nobody waits" : `${waiting.length} waiting`;
  return `The gate is ${STATES[state].word}. ${slots.used} of ${slots.total} slots in use, ${line}.`;
}

/** Ages are by the gate's own clock; the browser's may be off. @param {Queue} queue @returns {string} who stopped the gate and when; empty while it is open */
export function banner({ state, by, since_at, at }) {
  if (state === "open") return "";
  const { did, means } = STATES[state];
  return `${did}${by ? ` by ${visible(by)}` : ""}, ${ago(at - since_at)}. ${means}`;
}

/** @param {number} seconds @returns {string} to the minute, so that it does not change all the time */
export function ago(seconds) {
  if (seconds < 60) return "less than a minute ago";
  return seconds < 2 * DAY_S ? `${duration(Math.floor(seconds / 60) * 60)} ago` : `${Math.floor(seconds / DAY_S)} days ago`;
}

/** @param {Queue} queue @returns {number} seconds; 0 while nobody waits */
export const oldestWait = ({ waiting }) => Math.max(0, ...waiting.map((row) => row.waited_s));

/** @param {number} atS unix seconds @returns {string} 14:05:09, where the reader is */
export const timeOfDay = (atS) => new Date(atS * 1000).toLocaleTimeString("en-GB");

/** @param {string} state of a ticket @returns {boolean} whether it has a slot */
export const runs = (state) => state === "admitted" || state === "streaming";

/** @param {string} state of a ticket @returns {boolean} */
export const hasEnded = (state) => state !== "waiting" && !runs(state);

/**
 * The gate answers a wish about a ticket with how the ticket is, which need not be what was wished.
 * @param {string} did what became of the request if the wish came in time
 * @param {string} who
 * @param {string} state of the ticket, as the gate answered
 * @param {boolean} [isCancel] it is what ends it, and reaches those that run too
 * @returns {string}
 */
export function outcome(did, who, state, isCancel = false) {
  const wasDone = isCancel ? !hasEnded(state) || state === "cancelled" : state === "waiting";
  if (wasDone) return `The request of ${who} ${did}.`;
  if (runs(state)) return `The request of ${who} runs already; its place in the queue is no more.`;
  return `The request of ${who} had ended already (${state.replace("_", " ")}).`;
}
