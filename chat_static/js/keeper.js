// @ts-check
/**
 * Writes to the server, one after the other for each conversation, because a message cannot be kept before the one
 * it answers. What does not arrive is sent again until it does, as long as that could help.
 */

import { ApiError } from "./api.js";
import { pause } from "./pause.js";

const LONGEST_PAUSE_MS = 30_000;

/** @param {unknown} error @returns {boolean} may the same write succeed later? */
function mayPass(error) {
  return error instanceof ApiError && (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500);
}

export class Keeper {
  /** @type {Map<string, Promise<void>>} */
  #lines = new Map();
  /** What each open write writes. @type {Map<() => Promise<any>, any>} */
  #open = new Map();
  #late = 0;
  #wake = new AbortController();

  /**
   * @param {(isLate: boolean) => void} onLate is anything unsaved that should have been?
   * @param {(error: unknown) => void} onLost a write that will never succeed
   * @param {number} firstPauseMs
   */
  constructor(onLate, onLost, firstPauseMs = 1000) {
    this.onLate = onLate;
    this.onLost = onLost;
    this.firstPauseMs = firstPauseMs;
  }

  /**
   * @param {string} chatId
   * @param {() => Promise<any>} write
   * @param {any} what of several open writes of the same, the last one says it all
   * @returns {Promise<void>} when it is on the server, or given up
   */
  keep(chatId, write, what = write) {
    this.#open.set(write, what);
    const kept = (this.#lines.get(chatId) ?? Promise.resolve()).then(() => this.#persist(write));
    this.#lines.set(chatId, kept);
    return kept;
  }

  /** @param {string} chatId @returns {Promise<void>} when what was to be kept of it is kept */
  async settled(chatId) {
    await this.#lines.get(chatId);
  }

  /** The connection is back, or somebody looks at the page again: try now. */
  wake() {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** The page goes away: whatever is still to be written is sent now, in order, and nobody waits for it. */
  leave() {
    const last = new Map([...this.#open].map(([write, what]) => [what, write]));
    for (const write of last.values()) write().catch(() => {});
  }

  /** @param {() => Promise<any>} write */
  async #persist(write) {
    let isLate = false;
    for (let pauseMs = this.firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await write();
        break;
      } catch (error) {
        if (!mayPass(error)) {
          this.onLost(error);
          break;
        }
        if (!isLate) this.#count(1);
        isLate = true;
        await pause(pauseMs, this.#wake.signal);
      }
    }
    this.#open.delete(write);
    if (isLate) this.#count(-1);
  }

  /** @param {number} change */
  #count(change) {
    this.#late += change;
    this.onLate(this.#late > 0);
  }
}
