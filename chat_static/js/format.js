// @ts-check
/** Numbers as people read them; pure. */

import { words } from "./words.js";

/** @param {number} seconds @returns {string} 3 s, 2 min 5 s, 2 h 5 min */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** @param {number} seconds @returns {string} 12.3 s: with a tenth as long as it says something */
export function fineDuration(seconds) {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

/**
 * An estimate is a range, rounded so that it does not pretend to know more than it does.
 * @param {number | null | undefined} low seconds
 * @param {number | null | undefined} high seconds
 * @returns {string} 40–60 s, 1–2 min, or nothing while it is unknown
 */
export function range(low, high) {
  if (low == null || high == null) return "";
  if (high < 5) return words.fewSeconds;
  const [step, unit] = high < 20 ? [5, "s"] : high < 90 ? [10, "s"] : [60, "min"];
  const least = Math.floor(low / step) * (unit === "s" ? step : 1);
  const most = Math.max(Math.ceil(high / step), 1) * (unit === "s" ? step : 1);
  const from = Math.max(least, unit === "s" ? step : 1);
  return from >= most ? `${most} ${unit}` : `${from}–${most} ${unit}`;
}

/** @param {number} bytes @returns {string} 4.7 GB, as models are sold */
export function size(bytes) {
  const [unit, name] = bytes >= 1e9 ? [1e9, "GB"] : [1e6, "MB"];
  const number = bytes / unit;
  return `${number >= 100 ? Math.round(number) : number.toFixed(1)} ${name}`;
}

/** @param {number} [count] @param {number} [nanoseconds] */
function speed(count, nanoseconds) {
  return count && nanoseconds ? ((count * 1e9) / nanoseconds).toFixed(1) : null;
}

/**
 * The line under an answer.
 * @param {Record<string, any>} last Ollama's final record, its durations in nanoseconds; `waited_s` is ours
 * @returns {string}
 */
export function statistics(last) {
  const own = speed(last.eval_count, last.eval_duration);
  const prompt = speed(last.prompt_eval_count, last.prompt_eval_duration);
  return [
    last.eval_count && words.tokens(last.eval_count),
    last.total_duration && words.took(fineDuration(last.total_duration / 1e9)),
    own && words.speed(own),
    prompt && words.promptSpeed(prompt),
    // Ollama spends some milliseconds on it even for a model that is there.
    last.load_duration > 3e8 && words.loadTook(fineDuration(last.load_duration / 1e9)),
    last.waited_s != null && words.waited(duration(last.waited_s)),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {string} text @returns {number} */
export const wordCount = (text) => text.split(/\s+/).filter(Boolean).length;

const DAY_S = 86_400;

/**
 * Conversations under headings, the latest first.
 * @template {{updated_at: number}} Row
 * @param {Row[]} rows
 * @param {Date} now
 * @returns {{day: keyof typeof words.days, rows: Row[]}[]}
 */
export function byDay(rows, now) {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime() / 1000;
  /** @type {[keyof typeof words.days, number][]} */
  const days = [["today", midnight], ["yesterday", midnight - DAY_S], ["week", midnight - 7 * DAY_S], ["month", midnight - 30 * DAY_S], ["older", -Infinity]];
  const sorted = [...rows].sort((one, other) => other.updated_at - one.updated_at);
  return days
    .map(([day, since], index) => ({ day, rows: sorted.filter((row) => row.updated_at >= since && (index === 0 || row.updated_at < days[index - 1][1])) }))
    .filter((group) => group.rows.length > 0);
}
