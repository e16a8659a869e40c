// @ts-check
/** The rows of the live queue: the gate's, and for a while those that were cancelled here; pure. */

/** @typedef {import("./queue_words.js").Queue} Queue */
/** @typedef {import("./queue_words.js").Waiting} Waiting */
/** @typedef {import("./queue_words.js").Running} Running */
/** @typedef {{row: Waiting | Running, wasRunning: boolean, index: number, atMs: number}} Cancelled */
/** @template Row @typedef {{row: Row, fate: "" | "ending" | "cancelled"}} Shown */

const SHOWN_MS = 10_000;

export class Cancellations {
  /** @type {Map<string, Cancelled>} by ticket */
  #known = new Map();
  /** @type {string[]} the tickets that ran, in the order in which they were shown: these rows have no position */
  #running = [];

  /** @param {Waiting | Running} row @param {boolean} wasRunning @param {number} nowMs */
  note(row, wasRunning, nowMs) {
    const index = "position" in row && !wasRunning ? row.position - 1 : this.#running.indexOf(row.ticket);
    // One that began to run just now, and has not been shown so, stands last.
    this.#known.set(row.ticket, { row, wasRunning, index: index < 0 ? Infinity : index, atMs: nowMs });
  }

  /**
   * What to show. A cancelled row stays in its place for a while and says so; the gate's answer alone would let it
   * vanish without a word.
   * @param {Queue} queue @param {number} nowMs
   * @returns {{waiting: Shown<Waiting>[], running: Shown<Running>[]}}
   */
  applied(queue, nowMs) {
    const live = new Set([...queue.waiting, ...queue.running].map((row) => row.ticket));
    for (const [ticket, { atMs }] of this.#known) if (!live.has(ticket) && nowMs - atMs > SHOWN_MS) this.#known.delete(ticket);
    const gone = [...this.#known.values()].filter(({ row }) => !live.has(row.ticket)).sort((one, other) => (one.index < other.index ? -1 : 1));
    const running = this.#merged(queue.running, gone.filter((one) => one.wasRunning));
    this.#running = running.map(({ row }) => row.ticket);
    return { waiting: this.#merged(queue.waiting, gone.filter((one) => !one.wasRunning)), running };
  }

  /** @param {any[]} rows @param {Cancelled[]} gone @returns {Shown<any>[]} */
  #merged(rows, gone) {
    /** @type {Shown<any>[]} */
    const shown = rows.map((row) => ({ row, fate: this.#known.has(row.ticket) ? "ending" : "" }));
    for (const { row, index } of gone) shown.splice(index, 0, { row, fate: "cancelled" });
    return shown;
  }
}
