// @ts-check
/** How fast all answers are written now: from what their counts of pieces gained in the last seconds; pure. */

const WINDOW_MS = 5000;

export class SpeedMeter {
  /** @type {{atMs: number, tokens: Map<string, number>} | null} */
  #last = null;
  /** @type {{fromMs: number, atMs: number, pieces: number}[]} */
  #gains = [];

  /** @param {{ticket: string, tokens: number}[]} running @param {number} nowMs by a clock that never leaps */
  note(running, nowMs) {
    const last = this.#last;
    // Over a longer gap, as while the tab was hidden, nobody knows what came when.
    const isGap = !last || nowMs - last.atMs > WINDOW_MS;
    const gained = running.map(({ ticket, tokens }) => Math.max(0, tokens - (last?.tokens.get(ticket) ?? 0)));
    const gain = { fromMs: last?.atMs ?? nowMs, atMs: nowMs, pieces: gained.reduce((sum, one) => sum + one, 0) };
    this.#gains = isGap ? [] : [...this.#gains, gain].filter(({ fromMs }) => nowMs - fromMs <= WINDOW_MS);
    this.#last = { atMs: nowMs, tokens: new Map(running.map(({ ticket, tokens }) => [ticket, tokens])) };
  }

  /** @returns {number | null} pieces a second; null until two answers of the gate can be compared */
  get perSecond() {
    const [first, last] = [this.#gains[0], this.#gains.at(-1)];
    if (!first || !last || last.atMs <= first.fromMs) return null;
    return this.#gains.reduce((sum, { pieces }) => sum + pieces, 0) / ((last.atMs - first.fromMs) / 1000);
  }
}
