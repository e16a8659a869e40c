// @ts-check
/**
 * An answer as blocks: paragraphs, lists, tables, code. Pure.
 *
 * An answer grows at its end, so a block that has not changed is the same object as before, and whoever draws them
 * compares identities. Only the last few blocks are read again each time: text that comes later can still change
 * those (a list that goes on after an empty line), but none before them.
 */

import { blockOf, isVisible } from "./block_tree.js";
import { tokensOf } from "./dialect.js";

/** @typedef {import("./block_tree.js").Block} Block */

/** So many blocks at the end are read again; 2 suffice for all that Markdown can join, see the tests. */
const UNSETTLED = 3;

export class Blocks {
  #text = "";
  /** @type {any[]} */
  #tokens = [];
  /** @type {Record<string, unknown>} */
  #links = {};
  /** @type {Block[]} */
  #blocks = [];

  /**
   * @param {string} text the whole text so far
   * @param {boolean} isWhole true reads all of it again, for the last time
   * @returns {Block[]}
   */
  read(text, isWhole = false) {
    const source = text.replace(/\r\n?/g, "\n");
    const kept = !isWhole && source.startsWith(this.#text) ? settled(this.#tokens) : [];
    let tokens = kept.concat(tokensOf(source.slice(lengthOf(kept)), this.#links));
    const links = definitions(tokens);
    if (signature(links) !== signature(this.#links)) tokens = tokensOf(source, links);
    this.#text = source;
    // Should the pieces ever not add up to the text, the next read starts from the beginning.
    this.#tokens = lengthOf(tokens) === source.length ? tokens : [];
    this.#links = links;
    this.#blocks = matched(tokens.filter(isVisible).map((token) => blockOf(token, signature(links))), this.#blocks);
    return this.#blocks;
  }
}

/** @param {any} token @returns {boolean} is it a code block whose closing fence is there? */
export function isClosedFence(token) {
  if (token.type !== "code" || token.codeBlockStyle === "indented") return false;
  const lines = token.raw.trimEnd().split("\n");
  const opening = /^ {0,3}(`{3,}|~{3,})/.exec(lines[0])?.[1];
  const closing = lines.length > 1 ? /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(lines.at(-1))?.[1] : undefined;
  return opening !== undefined && closing !== undefined && closing.startsWith(opening);
}

/** @param {any[]} tokens @returns {any[]} those that no later text can change */
function settled(tokens) {
  const visible = tokens.flatMap((token, index) => (isVisible(token) ? [index] : []));
  return tokens.slice(0, visible.at(-UNSETTLED) ?? 0);
}

/** @param {any[]} tokens */
const lengthOf = (tokens) => tokens.reduce((length, token) => length + token.raw.length, 0);

/** @param {any[]} tokens @returns {Record<string, {href: string, title?: string}>} */
function definitions(tokens) {
  /** @type {Record<string, {href: string, title?: string}>} */
  const links = Object.create(null);
  for (const { type, tag, href, title } of tokens) if (type === "def") links[tag] ??= { href, title };
  return links;
}

/** @param {Record<string, unknown>} links */
const signature = (links) => (Object.keys(links).length === 0 ? "" : JSON.stringify(Object.entries(links)));

/** @param {Block[]} blocks @param {Block[]} earlier @returns {Block[]} the earlier object wherever its key is the same */
function matched(blocks, earlier) {
  return blocks.map((block, index) => {
    const before = earlier[index];
    if (before?.key === block.key) return before;
    return block.items && before?.items ? { ...block, items: matched(block.items, before.items) } : block;
  });
}
