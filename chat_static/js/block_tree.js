// @ts-check
/**
 * What of an answer is drawn on its own: its blocks, and within those the items of lists and the rows of tables, so
 * that a long list or table that grows costs no more than its last line. Pure.
 */

/**
 * @typedef {object} Block
 * @property {string} key what it is drawn from; equal keys look equal
 * @property {any} token marked's token, or one of "item_text" and "table_row", which are ours
 * @property {any} within the list, item or table that it is a part of, null at the top
 * @property {Block[] | null} items its parts, when they are drawn on their own
 * @property {string} frame what its parts stand in; equal frames look equal
 */

const INVISIBLE = new Set(["space", "def"]);
const IN_LINE = new Set(["checkbox", "text"]);
const GROWING = new Set(["list", "table"]);

/** @param {any} token @returns {boolean} */
export const isVisible = (token) => !INVISIBLE.has(token.type);

/**
 * @param {any} token
 * @param {string} links stands for the definitions that give names in brackets their meaning
 * @param {any} within
 * @returns {Block}
 */
export function blockOf(token, links, within = null) {
  const parts = partsOf(token);
  const items = parts && parts.map((part) => blockOf(part, links, token));
  const meaning = token.raw.includes("[") ? links : "";
  const place = within ? `${frameOf(within)} ${within.loose}` : "";
  return { key: [token.type, place, meaning, token.raw.trimEnd()].join("\0"), token, within, items, frame: frameOf(token) };
}

/** @param {any} token @returns {any[] | null} */
function partsOf(token) {
  if (token.type === "list") return token.items;
  if (token.type === "table") return token.rows.map(rowOf);
  const hasGrowing = token.type === "list_item" && token.tokens.some((/** @type {any} */ part) => GROWING.has(part.type));
  return hasGrowing ? gathered(token.tokens.filter(isVisible)) : null;
}

/** @param {any[]} cells */
const rowOf = (cells) => ({ type: "table_row", cells, raw: cells.map(({ text }) => text).join("|") });

/** @param {any[]} tokens of an item @returns {any[]} text and what stands beside it are one part */
function gathered(tokens) {
  /** @type {any[]} */
  const parts = [];
  for (const token of tokens) {
    const last = parts.at(-1);
    if (!IN_LINE.has(token.type)) parts.push(token);
    else if (last?.type === "item_text") parts.push(itemText([...parts.pop().tokens, token]));
    else parts.push(itemText([token]));
  }
  return parts;
}

/** @param {any[]} tokens */
const itemText = (tokens) => ({ type: "item_text", tokens, raw: tokens.map(({ raw }) => raw).join("") });

/** @param {any} token */
function frameOf(token) {
  if (token.type === "list") return `list ${token.ordered} ${token.start}`;
  if (token.type === "table") return JSON.stringify([token.align, ...token.header.map((/** @type {any} */ { text }) => text)]);
  return token.type;
}
