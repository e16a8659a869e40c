// @ts-check
/** One block of an answer as an element: its HTML is purified, then framed where it needs a frame. */

import { words } from "./answer_words.js";
import { codeBlock } from "./code.js";
import { htmlOf, isSafeAddress } from "./dialect.js";
import { DOMPurify } from "./vendored.js";

/**
 * The HTML is our own already (see dialect.js); this is the second lock. A fragment, not a string: no way from text
 * to markup but DOMPurify's own, which Trusted Types allow.
 */
const PURIFY = {
  ALLOWED_TAGS: [
    "a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ],
  ALLOWED_ATTR: ["align", "class", "href", "start", "title"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** @typedef {import("./block_tree.js").Block} Block */

/** @param {Block} block @returns {HTMLElement} */
export function elementOf({ token, within }) {
  if (token.type === "code") return codeBlock(languageOf(token.lang), token.text);
  if (token.type === "table_row") return framed(found("tbody tr", { ...within, rows: [token.cells] }));
  if (token.type === "list_item") return framed(found("li", { ...within, items: [token] }));
  if (token.type === "item_text") return framed(itemText(token, within));
  const fragment = purified(htmlOf(token));
  return framed(/** @type {HTMLElement | null} */ (fragment.firstElementChild) ?? wrapped("p", fragment));
}

/**
 * What a block's parts stand in.
 * @param {Block} block
 * @returns {{element: HTMLElement, inner: HTMLElement}} the parts go into `inner`
 */
export function frameOf({ token }) {
  if (token.type === "table") {
    const element = framed(found("table", { ...token, rows: [] }));
    const inner = document.createElement("tbody");
    element.firstElementChild?.append(inner);
    return { element, inner };
  }
  const element = document.createElement(token.type === "list_item" ? "li" : token.ordered ? "ol" : "ul");
  if (token.ordered && token.start !== 1) element.setAttribute("start", String(token.start));
  return { element, inner: element };
}

/** @param {string} selector @param {any} token @returns {HTMLElement} a part, drawn as the only one of its kind */
const found = (selector, token) => /** @type {HTMLElement} */ (purified(htmlOf(token)).querySelector(selector));

/** @param {any} token @param {any} item */
function itemText({ tokens }, item) {
  const list = { type: "list", raw: item.raw, ordered: false, loose: item.loose, items: [{ ...item, tokens }] };
  return wrapped("span", ...found("li", list).childNodes);
}

/** @param {string | undefined} fence what follows the opening fence: "python title=…" @returns {string} */
export const languageOf = (fence) => /^[^\s{,]*/.exec(fence ?? "")?.[0].slice(0, 40) ?? "";

/** @param {string} html @returns {DocumentFragment} */
function purified(html) {
  const fragment = /** @type {DocumentFragment} */ (DOMPurify.sanitize(html, PURIFY));
  for (const link of fragment.querySelectorAll("a")) {
    if (!isSafeAddress(link.getAttribute("href") ?? "")) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  return fragment;
}

/** @param {string} tag @param {Node[]} nodes @returns {HTMLElement} */
function wrapped(tag, ...nodes) {
  const element = document.createElement(tag);
  element.append(...nodes);
  return element;
}

/** @param {HTMLElement} element @returns {HTMLElement} itself, or the frame it is now in */
function framed(element) {
  const box = document.createElement("div");
  box.append(element);
  for (const table of box.querySelectorAll("table")) {
    const frame = tableFrame();
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const code of box.querySelectorAll("pre > code")) {
    const language = /(?:^| )language-(\S+)/.exec(code.className)?.[1] ?? "";
    code.parentElement?.replaceWith(codeBlock(languageOf(language), (code.textContent ?? "").replace(/\n$/, "")));
  }
  const result = /** @type {HTMLElement} */ (box.firstElementChild);
  result.remove();
  return result;
}

/** @returns {HTMLElement} it scrolls sideways, so it must be reachable by keyboard */
function tableFrame() {
  const frame = document.createElement("div");
  frame.className = "table";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", words.table);
  return frame;
}
