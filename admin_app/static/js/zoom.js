// @ts-check
/** Which part of the time is shown after a step by button. Instants are unix seconds. */

/** @typedef {{min: number, max: number}} Part */
/** @typedef {"in" | "earlier" | "later" | "whole"} Step */

/**
 * Half as long around the same middle, half its own length aside within the whole, or the whole.
 * @param {Part} shown @param {Part} whole @param {Step} step @param {number} [least] no part is shorter, in seconds @returns {Part}
 */
export function zoomed(shown, whole, step, least = 0) {
  if (step === "whole") return whole;
  const length = shown.max - shown.min;
  if (step === "in" && length / 2 < least) return shown;
  if (step === "in") return { min: shown.min + length / 4, max: shown.max - length / 4 };
  const room = step === "earlier" ? whole.min - shown.min : whole.max - shown.max;
  const aside = step === "earlier" ? Math.max(room, -length / 2) : Math.min(room, length / 2);
  return { min: shown.min + aside, max: shown.max + aside };
}

/** @param {Part} shown @param {Part} whole @returns {boolean} */
export const isAll = (shown, whole) => shown.min <= whole.min && shown.max >= whole.max;
