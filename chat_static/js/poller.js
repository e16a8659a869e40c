// @ts-check
/**
 * How our tickets fare, asked once for all tabs: of the tabs that want to know, the one that holds a lock asks, and
 * tells the others. A tab that people look at takes the lock from one they do not, whose timers browsers slow down.
 */

import { pause } from "./pause.js";

const LOCK = "sluice.poller";
const FIRST_MS = 500;
const YOUNG_MS = 1000;
const OLD_MS = 1500;
const HIDDEN_MS = 15_000;
const YOUNG_FOR_MS = 10_000;

/**
 * @typedef {object} Surroundings
 * @property {(signal: AbortSignal) => Promise<any>} look `GET /gate/queue`
 * @property {LockManager | undefined} locks
 * @property {Pick<BroadcastChannel, "postMessage" | "onmessage"> | undefined} channel
 * @property {() => boolean} isHidden
 */

export class Poller {
  /** @type {Set<(queue: any) => void>} */
  #watchers = new Set();
  #youngest = 0;
  /** @type {AbortController | null} what ends our asking, or our waiting for the lock */
  #competing = null;
  #isLeading = false;
  #sooner = new AbortController();

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.by = surroundings;
    if (surroundings.channel) surroundings.channel.onmessage = (event) => this.#tell(event.data);
  }

  /** @param {(queue: any) => void} onQueue @returns {() => void} ends it */
  watch(onQueue) {
    this.#watchers.add(onQueue);
    this.#youngest = performance.now();
    if (this.#isLeading) this.#hurry();
    else this.compete();
    return () => {
      this.#watchers.delete(onQueue);
      if (this.#watchers.size === 0) this.#competing?.abort();
    };
  }

  /** Call it when the tab is shown as well: what was asked rarely is asked often from now on. */
  compete() {
    if (this.#watchers.size === 0) return;
    if (this.#isLeading) return this.#hurry();
    this.#competing?.abort();
    const mine = (this.#competing = new AbortController());
    const { locks } = this.by;
    if (!locks) return void this.#lead(mine.signal);
    const how = this.by.isHidden() ? { signal: mine.signal } : { steal: true };
    locks.request(LOCK, how, () => this.#lead(mine.signal)).catch(() => {
      // Taken by a tab that is looked at, or given up. If it is still wanted, we stand in line for it.
      this.#isLeading = false;
      if (!mine.signal.aborted) this.#standInLine(mine, /** @type {LockManager} */ (locks));
    });
  }

  /** @param {AbortController} mine @param {LockManager} locks */
  #standInLine(mine, locks) {
    mine.abort();
    const next = (this.#competing = new AbortController());
    locks.request(LOCK, { signal: next.signal }, () => this.#lead(next.signal)).catch(() => {
      this.#isLeading = false;
      if (!next.signal.aborted) this.#standInLine(next, locks);
    });
  }

  /** @param {AbortSignal} signal */
  async #lead(signal) {
    if (signal.aborted) return;
    this.#isLeading = true;
    for (await pause(FIRST_MS, signal); !signal.aborted; await this.#pause(signal)) {
      // One failed look says nothing about the requests themselves, which tell their own fate.
      const queue = await this.by.look(signal).catch(() => null);
      if (queue === null || signal.aborted) continue;
      this.by.channel?.postMessage(queue);
      this.#tell(queue);
    }
    this.#isLeading = false;
  }

  /** @param {AbortSignal} signal */
  async #pause(signal) {
    this.#sooner = new AbortController();
    const isYoung = performance.now() - this.#youngest < YOUNG_FOR_MS;
    const ms = this.by.isHidden() ? HIDDEN_MS : isYoung ? YOUNG_MS : OLD_MS;
    await pause(ms, AbortSignal.any([signal, this.#sooner.signal]));
    if (this.#sooner.signal.aborted) await pause(FIRST_MS, signal);
  }

  #hurry() {
    this.#sooner.abort();
  }

  /** @param {any} queue */
  #tell(queue) {
    for (const watcher of [...this.#watchers]) watcher(queue);
  }
}
