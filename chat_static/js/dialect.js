// @ts-check
/**
 * The Markdown that answers are written in, and the HTML that each block becomes; pure.
 *
 * It is GFM with formulas and without raw HTML: tags are text, but for a line break. Links lead to http, https and
 * mailto alone. A remote picture becomes a link, because loading it would tell its server who reads.
 */

import { words } from "./answer_words.js";
import { mathsExtensions } from "./maths_syntax.js";
import { Marked } from "./vendored.js";

const SAFE_ADDRESS = /^(?:https?:\/\/|mailto:)[^\s]/i;
const ESCAPES = /** @type {Record<string, string>} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" });

/** @param {string} text @returns {string} */
export const escapeHtml = (text) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

/** @param {string} address @returns {boolean} */
export const isSafeAddress = (address) => SAFE_ADDRESS.test(address);

const tokenizer = {
  // A tokenizer that finds nothing: what looks like HTML is read as text.
  html: () => undefined,
  /** @param {string} source @returns {any} */
  tag: (source) => {
    const found = /^<br\s*\/?>/i.exec(source);
    return found ? { type: "br", raw: found[0] } : undefined;
  },
};

/** @type {any} marked calls these with its renderer as `this` */
const renderer = {
  /** @param {any} token */
  html: (token) => escapeHtml(token.text),
  /** @param {any} token the page has the first level, a message the second */
  heading(token) {
    const level = Math.min(token.depth + 2, 6);
    return `<h${level}>${/** @type {any} */ (this).parser.parseInline(token.tokens)}</h${level}>\n`;
  },
  /** @param {any} token */
  link(token) {
    const text = /** @type {any} */ (this).parser.parseInline(token.tokens);
    return isSafeAddress(token.href) ? anchor(token.href, token.title, text) : text;
  },
  /** @param {any} token */
  image(token) {
    const text = escapeHtml(words.picture(token.text));
    return /^https?:/i.test(token.href) && isSafeAddress(token.href) ? anchor(token.href, token.title, text) : text;
  },
  /** @param {any} token a sign instead of a control that nobody may use */
  checkbox: (token) => (token.checked ? "☑ " : "☐ "),
};

/** @param {string} address @param {string | null | undefined} title @param {string} html */
function anchor(address, title, html) {
  return `<a href="${escapeHtml(address)}"${title ? ` title="${escapeHtml(title)}"` : ""}>${html}</a>`;
}

const marked = new Marked(/** @type {any} */ ({ tokenizer, renderer, extensions: mathsExtensions(escapeHtml) }));

/**
 * @param {string} text
 * @param {Record<string, unknown>} links definitions ("[name]: address") that come before the text
 * @returns {any[]} marked's block tokens; their raw texts add up to the text
 */
export function tokensOf(text, links = {}) {
  const lexer = new marked.Lexer(/** @type {any} */ (marked.defaults));
  Object.assign(/** @type {any} */ (lexer.tokens).links, links);
  try {
    return /** @type {any} */ (lexer.lex(text));
  } catch {
    // marked recurses; a thousand nested quotations exhaust the stack. Such a text is shown as it is.
    return /** @type {any} */ ([{ type: "code", raw: text, text }]);
  }
}

/** @param {any} token a block token @returns {string} HTML whose only markup is our own */
export function htmlOf(token) {
  try {
    return /** @type {string} */ (marked.parser([token]));
  } catch {
    return `<p>${escapeHtml(token.raw)}</p>`;
  }
}
