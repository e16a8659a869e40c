// @ts-check
/** Keeps an answer while it grows: about every second what is new, and the last piece when the page goes away. */

import { ApiError } from "./api.js";

const EVERY_MS = 1000;

/** @typedef {(piece: {offset: number, content: string, thinking_offset: number, thinking: string}) => Promise<any>} Append */

export class AnswerKeeping {
  #content = 0;
  #thinking = 0;
  #isBusy = false;
  #timer = 0;

  /**
   * @param {{content: string, thinking: string}} answer grows
   * @param {Append} append
   */
  constructor(answer, append) {
    this.answer = answer;
    this.append = append;
    this.#content = answer.content.length;
    this.#thinking = answer.thinking.length;
  }

  /** From now on the message is on the server, with the text it began with. */
  start() {
    this.#timer = /** @type {any} */ (setInterval(() => this.send(), EVERY_MS));
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @param {boolean} [isLeaving] then a piece that is under way is no reason to wait */
  async send(isLeaving = false) {
    const { content, thinking } = this.answer;
    const isNew = content.length > this.#content || thinking.length > this.#thinking;
    if (!isNew || (this.#isBusy && !isLeaving)) return;
    this.#isBusy = true;
    const piece = {
      offset: this.#content,
      content: content.slice(this.#content),
      thinking_offset: this.#thinking,
      thinking: thinking.slice(this.#thinking),
    };
    try {
      await this.append(piece);
      this.#content = content.length;
      this.#thinking = thinking.length;
    } catch (error) {
      // Whatever is missing goes along with the next piece, and at the end the whole message is kept.
      if (error instanceof ApiError && error.status === 409) {
        this.#content = error.said.length ?? this.#content;
        this.#thinking = error.said.thinking_length ?? this.#thinking;
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
