// @ts-check
/** Some models write what they think into their answer, between tags. Pure; pieces may end anywhere, in a tag too. */

const OPEN = "<think>";
const CLOSE = "</think>";

export class ThinkTags {
  #where = /** @type {"before" | "inside" | "trim" | "after"} */ ("before");
  #held = "";

  /** @param {string} piece @returns {{thinking: string, content: string}} */
  push(piece) {
    this.#held += piece;
    const found = { thinking: "", content: "" };
    if (this.#where === "before") this.#begin(found);
    if (this.#where === "inside") this.#inside(found);
    if (this.#where === "trim") this.#trim();
    if (this.#where === "after") found.content += this.#take();
    return found;
  }

  /** @returns {{thinking: string, content: string}} what was held back in case it became a tag */
  end() {
    const rest = this.#take();
    return this.#where === "inside" ? { thinking: rest, content: "" } : { thinking: "", content: rest };
  }

  /** @param {{content: string}} found */
  #begin(found) {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#held = text.slice(OPEN.length);
      this.#where = "inside";
    } else if (!OPEN.startsWith(text)) this.#where = "after";
    else if (text === "" && this.#held.length > 50) found.content += this.#take();
  }

  /** @param {{thinking: string}} found */
  #inside(found) {
    const end = this.#held.indexOf(CLOSE);
    if (end >= 0) {
      found.thinking += this.#held.slice(0, end);
      this.#held = this.#held.slice(end + CLOSE.length);
      this.#where = "trim";
      return;
    }
    const keep = tailThatMayBecome(CLOSE, this.#held);
    found.thinking += this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
  }

  #trim() {
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#where = "after";
  }

  #take() {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}

/** @param {string} tag @param {string} text @returns {number} how many letters at its end begin the tag */
function tailThatMayBecome(tag, text) {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
