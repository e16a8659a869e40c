// @ts-check
/**
 * The body of one message. An answer's Markdown may be set as often as it grows: it is drawn once a frame, and only
 * the blocks that have changed. After each drawing the element sends a "drawn" event, which bubbles: the moment to
 * follow the text down.
 */

import { BlockViews } from "./block_views.js";
import { Blocks } from "./blocks.js";
import { copyOnClick } from "./code.js";
import { whenIdle } from "./idle.js";

export class MessageBody {
  #text = "";
  #frame = 0;
  #isUndrawn = false;
  #blocks = new Blocks();
  #views;

  /** @param {HTMLElement} element an empty element; this module fills it and nobody else */
  constructor(element) {
    this.element = element;
    this.#views = new BlockViews(element);
    element.classList.add("answer");
    element.addEventListener("click", copyOnClick);
  }

  /** @returns {string} */
  get text() {
    return this.#text;
  }

  /** @param {string} markdown the whole text so far */
  set text(markdown) {
    if (markdown === this.#text) return;
    this.#text = markdown;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw(false));
  }

  /** The text is complete: draw it now, and let the last block have its colours and formulas. */
  finish() {
    cancelAnimationFrame(this.#frame);
    this.#draw(true);
  }

  /**
   * The text is complete, but one of many: it is shown as it was written at once, and drawn when there is time, in
   * the order in which this is called (so begin with those in view). An element no longer on the page stays so.
   */
  finishLater() {
    if (this.element.firstChild) return this.finish();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#isUndrawn = true;
    this.element.classList.add("plain");
    this.element.textContent = this.#text;
    whenIdle(() => {
      if (this.#isUndrawn && this.element.isConnected) this.#draw(true);
    });
  }

  /** @param {HTMLElement} element @param {string} text what a person wrote is shown as it was written */
  static plain(element, text) {
    element.classList.add("plain");
    element.textContent = text;
  }

  /** @param {boolean} isWhole */
  #draw(isWhole) {
    this.#frame = 0;
    if (this.#isUndrawn) this.#undress();
    this.#views.show(this.#blocks.read(this.#text, isWhole), isWhole);
    this.element.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  #undress() {
    this.#isUndrawn = false;
    this.element.classList.remove("plain");
    this.element.replaceChildren();
  }
}
