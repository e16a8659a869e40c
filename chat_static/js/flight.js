// @ts-check
/** One answer under way: what it says so far, and what it waits for. */

import { exchange } from "./exchange.js";
import { newTicketId } from "./ticket.js";
import { cardOf } from "./waiting.js";

/** An idle Sluice answers before anybody could read a card. */
const PATIENCE_MS = 700;

/** @typedef {"held" | "sending" | "waiting" | "loading" | "reading" | "answering" | "ended"} Phase */

/**
 * @typedef {object} Surroundings
 * @property {import("./places.js").Places} places
 * @property {import("./poller.js").Poller} poller
 * @property {(options: RequestInit) => Promise<string[]>} loadedModels
 */

export class Flight {
  phase = /** @type {Phase} */ ("sending");
  /** Has it taken so long that people want to know why? */
  isSlow = false;
  /** @type {import("./waiting.js").Card | null} */
  card = null;
  content = "";
  thinking = "";
  /** @type {number | null} seconds */
  thoughtS = null;
  ticket = newTicketId();
  wasStarted = false;
  #stopper = new AbortController();
  #answered = new AbortController();
  /** @type {Set<(isText: boolean) => void>} */
  #listeners = new Set();
  #thinkingSince = 0;
  #isLooking = false;

  /**
   * @param {string} chatId
   * @param {string} model
   * @param {{content: string, thinking: string}} soFar an answer that goes on
   * @param {Surroundings} surroundings
   */
  constructor(chatId, model, soFar, surroundings) {
    this.chatId = chatId;
    this.model = model;
    this.content = soFar.content;
    this.thinking = soFar.thinking;
    this.by = surroundings;
  }

  /** @param {(isText: boolean) => void} listener told of each piece of text and each change of phase @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop() {
    this.#stopper.abort();
  }

  /**
   * @param {any} question
   * @returns {Promise<Record<string, any>>} the final record, `waited_s` and `thought_s`; rejects with what ended it
   */
  async fly(question) {
    const { signal } = this.#stopper;
    const slow = setTimeout(() => this.#change({ isSlow: true }), PATIENCE_MS);
    let giveBack = () => {};
    let unwatch = () => {};
    try {
      giveBack = await this.#takePlace(signal);
      unwatch = this.by.poller.watch((queue) => this.#see(queue));
      const { last, waitedS } = await exchange(question, this.ticket, this.#hooks(unwatch), signal);
      // Sent before the wait was over, the headers cannot tell how long it was.
      return { ...last, waited_s: waitedS ?? this.card?.waitedS ?? null, thought_s: this.thoughtS };
    } finally {
      clearTimeout(slow);
      unwatch();
      giveBack();
      this.#answered.abort();
      this.#endThinking();
      this.#change({ phase: "ended" });
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<() => void>} */
  async #takePlace(signal) {
    const held = setTimeout(() => this.#change({ phase: "held" }), 300);
    try {
      return await this.by.places.take(signal);
    } finally {
      clearTimeout(held);
      this.#change({ phase: "sending" });
    }
  }

  /** @param {() => void} unwatch @returns {import("./exchange.js").Hooks} */
  #hooks(unwatch) {
    return {
      onHeaders: () => {
        if (this.phase === "sending" || this.phase === "waiting") this.#admit();
      },
      onStart: () => {
        unwatch();
        this.#answered.abort();
        this.wasStarted = true;
        this.#change({ phase: "answering" });
      },
      onPiece: ({ content, thinking }) => {
        if (thinking) this.#think(thinking);
        if (content) this.#endThinking();
        this.content += content;
        if (content || thinking) this.#tell(true);
      },
    };
  }

  /** @param {string} piece */
  #think(piece) {
    this.thinking += piece;
    if (this.#thinkingSince !== 0) return;
    this.#thinkingSince = performance.now();
    this.#tell(false);
  }

  #endThinking() {
    if (this.#thinkingSince === 0) return;
    this.thoughtS = (this.thoughtS ?? 0) + (performance.now() - this.#thinkingSince) / 1000;
    this.#thinkingSince = 0;
    this.#tell(false);
  }

  /** @returns {boolean} */
  get isThinking() {
    return this.#thinkingSince !== 0;
  }

  /** @param {any} queue */
  #see(queue) {
    if (this.phase === "answering" || this.phase === "ended") return;
    const card = cardOf(this.card, queue, this.ticket, performance.now() / 1000);
    if (card) this.#change({ phase: "waiting", card });
    else if (queue.running.some((/** @type {any} */ row) => row.ticket === this.ticket)) this.#admit();
  }

  /** Admitted: either its model is not in memory yet, or it reads the prompt. */
  async #admit() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const loaded = await this.by.loadedModels({ signal: this.#answered.signal }).catch(() => null);
    this.#isLooking = false;
    if (this.phase === "answering" || this.phase === "ended") return;
    const isThere = loaded === null || loaded.includes(this.model);
    this.#change({ phase: isThere ? "reading" : "loading" });
  }

  /** @param {Partial<Pick<Flight, "phase" | "card" | "isSlow">>} changes */
  #change(changes) {
    if (this.phase === "ended") return;
    Object.assign(this, changes);
    this.#tell(false);
  }

  /** @param {boolean} isText */
  #tell(isText) {
    for (const listener of [...this.#listeners]) listener(isText);
  }
}

/** @param {unknown} error */
export const isStop = (error) => error instanceof DOMException && error.name === "AbortError";
