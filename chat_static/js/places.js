// @ts-check
/**
 * Browsers keep six connections to a server, for all tabs together. Four may be held by questions, so that two are
 * left for everything else. Web Locks count across tabs; without them (plain http) each tab counts for itself.
 */

export const PLACES = 4;

/** @typedef {Pick<LockManager, "request">} Locks */

export class Places {
  #taken = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {Locks | undefined} locks */
  constructor(locks) {
    this.locks = locks;
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<() => void>} gives the place back; rejects with an AbortError
   */
  take(signal) {
    return this.locks ? this.#takeLock(this.locks, signal) : this.#takeHere(signal);
  }

  /** @param {Locks} locks @param {AbortSignal} signal @returns {Promise<() => void>} */
  #takeLock(locks, signal) {
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    return new Promise((resolve, reject) => {
      let isTaken = false;
      /** @returns {Promise<void> | undefined} holds the lock as long as it is pending */
      const hold = () => {
        if (isTaken) return undefined;
        isTaken = true;
        const held = new Promise((/** @type {(value?: any) => void} */ giveBack) => resolve(giveBack));
        queueMicrotask(() => settled.abort());
        return held;
      };
      for (let number = 0; number < PLACES; number += 1) {
        locks.request(`sluice.place.${number}`, { signal: either }, hold).catch((error) => {
          if (!isTaken) reject(error);
        });
      }
    });
  }

  /** @param {AbortSignal} signal @returns {Promise<() => void>} */
  async #takeHere(signal) {
    while (this.#taken >= PLACES) {
      await new Promise((/** @type {(value?: any) => void} */ resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener("abort", resolve, { once: true });
      });
      signal.throwIfAborted();
    }
    this.#taken += 1;
    return () => {
      this.#taken -= 1;
      this.#waiting.shift()?.();
    };
  }
}
