// @ts-check
/** What the card in the answer's place knows while a question waits; pure. */

/**
 * @typedef {object} Card
 * @property {number | null} position
 * @property {number | null} low seconds
 * @property {number | null} high seconds
 * @property {number} waitedS
 * @property {number} seenAt seconds, when this was true
 * @property {Record<string, number>} ahead how many of each class are ahead
 * @property {"" | "overtaken" | "slower"} reason why it has become worse
 * @property {"open" | "paused" | "draining"} gate
 */

/** An estimate may grow by this share and these seconds before it needs a word. */
const SLACK = 1.25;
const SLACK_S = 10;

/**
 * @param {Card | null} before
 * @param {any} queue as `GET /gate/queue` shows it
 * @param {string} ticket
 * @param {number} now seconds
 * @returns {Card | null} null when the ticket does not wait
 */
export function cardOf(before, queue, ticket, now) {
  const row = queue.waiting.find((/** @type {any} */ each) => each.ticket === ticket);
  if (!row) return null;
  const card = {
    position: row.position ?? null,
    low: row.eta_low_s ?? null,
    high: row.eta_high_s ?? null,
    waitedS: row.waited_s ?? 0,
    seenAt: now,
    ahead: row.ahead ?? {},
    reason: /** @type {Card["reason"]} */ (""),
    gate: queue.state ?? "open",
  };
  card.reason = reasonOf(before, card);
  return card;
}

/** @param {Card | null} before @param {Card} card @returns {Card["reason"]} */
function reasonOf(before, card) {
  if (before === null || before.position === null || card.position === null) return "";
  if (card.position > before.position) return "overtaken";
  // It stays until the place gets better; a reason that flits by cannot be read.
  if (card.position === before.position && before.reason === "overtaken") return "overtaken";
  if (before.high === null || card.high === null) return "";
  const expected = Math.max(before.high - (card.seenAt - before.seenAt), 0);
  if (card.high > expected * SLACK + SLACK_S) return "slower";
  return card.position === before.position ? before.reason : "";
}
