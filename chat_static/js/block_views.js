// @ts-check
/** Blocks on the page: of what is shown already, only what has changed is drawn again. */

import { isClosedFence } from "./blocks.js";
import { extendCode, highlightIn } from "./code.js";
import { elementOf, frameOf, languageOf } from "./markdown.js";
import { renderMathsIn } from "./maths.js";

/** @typedef {import("./block_tree.js").Block} Block */

export class BlockViews {
  /** @type {BlockView[]} */
  #views = [];

  /** @param {HTMLElement} element its children are the blocks */
  constructor(element) {
    this.element = element;
  }

  /** @param {Block[]} blocks @param {boolean} isWhole nothing will follow */
  show(blocks, isWhole) {
    for (const surplus of this.#views.splice(blocks.length)) surplus.element.remove();
    blocks.forEach((block, index) => this.#showOne(block, index, isWhole || index < blocks.length - 1));
  }

  /** @param {Block} block @param {number} index @param {boolean} isWhole */
  #showOne(block, index, isWhole) {
    const shown = this.#views[index];
    if (!shown?.becomes(block)) {
      const fresh = new BlockView(block);
      if (shown) shown.element.replaceWith(fresh.element);
      else this.element.append(fresh.element);
      this.#views[index] = fresh;
    }
    this.#views[index].settle(isWhole);
  }
}

class BlockView {
  #isDressed = false;
  /** @type {BlockViews | null} */
  #items = null;

  /** @param {Block} block */
  constructor(block) {
    this.block = block;
    const { element, inner } = block.items ? frameOf(block) : { element: elementOf(block), inner: null };
    this.element = element;
    if (inner) this.#items = new BlockViews(inner);
  }

  /** @param {Block} block @returns {boolean} false when it has to be drawn anew */
  becomes(block) {
    const before = this.block;
    if (before === block) return true;
    const canGrow = this.#items
      ? block.items !== null && before.frame === block.frame
      : !this.#isDressed && block.items === null && this.#grows(block);
    if (canGrow) this.block = block;
    return canGrow;
  }

  /** @param {boolean} isWhole colours and formulas come once nothing can change them any more */
  settle(isWhole) {
    if (this.#items) this.#items.show(/** @type {Block[]} */ (this.block.items), isWhole);
    else if (!this.#isDressed && (isWhole || isClosedFence(this.block.token))) {
      this.#isDressed = true;
      highlightIn(this.element);
      renderMathsIn(this.element);
    }
  }

  /** @param {Block} block */
  #grows(block) {
    const [before, after] = [this.block.token, block.token];
    if (before.type !== "code" || after.type !== "code" || languageOf(before.lang) !== languageOf(after.lang)) return false;
    return extendCode(this.element, after.text);
  }
}
