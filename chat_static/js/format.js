// @ts-check
/** Numbers as people read them; pure. */

/** @param {number} number @returns {string} 1st, 2nd, 3rd, 4th, 11th, 21st */
export function ordinal(number) {
  const rest = number % 100;
  const ending = rest >= 11 && rest <= 13 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}

/** @param {number} seconds @returns {string} 3 s, 2 min 5 s */
export function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * The line under an answer.
 * @param {{eval_count?: number, eval_duration?: number}} last the final record; its durations are nanoseconds
 * @param {number | null} waitedSeconds
 * @returns {string}
 */
export function statistics(last, waitedSeconds) {
  const parts = [];
  if (last.eval_count) {
    parts.push(`${last.eval_count} ${last.eval_count === 1 ? "token" : "tokens"}`);
    if (last.eval_duration) parts.push(`${((last.eval_count * 1e9) / last.eval_duration).toFixed(1)} tokens/s`);
  }
  if (waitedSeconds !== null) parts.push(`waited ${duration(waitedSeconds)}`);
  return parts.join(" · ");
}

/**
 * The line between sending and the first word.
 * @param {{state: string, position?: number, waited_s?: number, eta_low_s?: number | null, eta_high_s?: number | null}} ticket
 * @returns {string}
 */
export function waitingLine({ state, position, waited_s, eta_low_s, eta_high_s }) {
  if (state !== "waiting") return "Your turn: the model is starting.";
  const parts = [position === undefined ? "In line" : `${ordinal(position)} in line`];
  if (eta_low_s != null && eta_high_s != null) parts.push(`about ${duration(eta_low_s)} to ${duration(eta_high_s)}`);
  if (waited_s !== undefined) parts.push(`waiting ${duration(waited_s)}`);
  return parts.join(" · ");
}
