// @ts-check
/** The live queue as rows of text; pure, so that it can be tested without a page. */

/** @typedef {{position?: number, principal: string, class: string, model: string, base?: number, effective?: number,
 *   waited_s?: number, running_s?: number, tokens?: number}} Ticket */
/** @typedef {{state: string, slots: {total: number, used: number}, waiting: Ticket[], running: Ticket[]}} Queue */

/** The text with everything that cannot be seen, or turns the line around, as `\\u202e`. @param {string} text */
function visible(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => `\\u${letter.codePointAt(0)?.toString(16).padStart(4, "0")}`);
}

/** @param {number | undefined} value @param {number} digits */
function fixed(value, digits) {
  return value === undefined ? "" : value.toFixed(digits);
}

/** @param {Ticket} ticket @returns {string[]} */
export function runningRow(ticket) {
  const { principal, model, base, effective, running_s: time, tokens } = ticket;
  return ["running", visible(principal), ticket.class, visible(model), fixed(base, 0), fixed(effective, 2), `${fixed(time, 0)} s`, `${tokens ?? ""}`];
}

/** @param {Ticket} ticket @returns {string[]} */
export function waitingRow(ticket) {
  const { position, principal, model, base, effective, waited_s: time } = ticket;
  return [`${position}`, visible(principal), ticket.class, visible(model), fixed(base, 0), fixed(effective, 2), `${fixed(time, 0)} s`, ""];
}

/** @param {Queue} queue @returns {string} */
export function statusLine(queue) {
  const waiting = queue.waiting.length === 0 ? "nobody waits" : `${queue.waiting.length} waiting`;
  return `The gate is ${queue.state}. ${queue.slots.used} of ${queue.slots.total} slots in use, ${waiting}.`;
}
