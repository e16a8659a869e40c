// @ts-check
/**
 * A conversation is a tree: an edited question and a repeated answer stand beside the earlier ones. Shown is one
 * path, from the first message to a leaf. Pure; a Map of messages is in the order in which they were made.
 *
 * @typedef {object} Message
 * @property {string} id
 * @property {string | null} parent_id
 * @property {"user" | "assistant"} role
 * @property {string} content
 * @property {string} thinking
 * @property {string[]} images base64
 * @property {string} model
 * @property {"complete" | "partial" | "stopped" | "failed"} state
 * @property {Record<string, any> | null} statistics
 *
 * @typedef {Map<string, Message>} Messages
 */

/** @param {Messages} messages @param {string | null} leafId @returns {Message[]} from the first message to the leaf */
export function pathTo(messages, leafId) {
  const path = [];
  const seen = new Set();
  let message = leafId === null ? undefined : messages.get(leafId);
  // A document somebody imported could hold a circle.
  while (message && !seen.has(message.id)) {
    seen.add(message.id);
    path.push(message);
    message = message.parent_id === null ? undefined : messages.get(message.parent_id);
  }
  return path.reverse();
}

/** @param {Messages} messages @param {string | null} parentId @returns {string[]} ids, the earliest first */
export function childrenOf(messages, parentId) {
  return [...messages.values()].filter((message) => message.parent_id === parentId).map((message) => message.id);
}

/**
 * The children of every message at once: a long conversation asks for all of them.
 * @param {Messages} messages
 * @returns {Map<string | null, string[]>}
 */
export function familyOf(messages) {
  const family = new Map();
  for (const { id, parent_id } of messages.values()) {
    const children = family.get(parent_id);
    if (children) children.push(id);
    else family.set(parent_id, [id]);
  }
  return family;
}

/** @param {Messages} messages @param {string} id @returns {string} where the latest branch below a message ends */
export function leafBelow(messages, id) {
  const family = familyOf(messages);
  let leaf = id;
  for (let turns = 0; turns < messages.size; turns += 1) {
    const latest = family.get(leaf)?.at(-1);
    if (latest === undefined) break;
    leaf = latest;
  }
  return leaf;
}

/** @param {Messages} messages @returns {string | null} for a conversation whose leaf is unknown */
export function lastLeaf(messages) {
  const last = [...messages.keys()].at(-1);
  return last === undefined ? null : leafBelow(messages, last);
}

/** @param {Messages} messages @param {Message} message @returns {Messages} with this one added or replaced */
export function withMessage(messages, message) {
  return new Map(messages).set(message.id, message);
}

const LONGEST_TITLE = 60;

/** @param {string} text the first message @returns {string} */
export function titleOf(text) {
  const line = text.trim().split("\n", 1)[0].replace(/\s+/g, " ").replace(/^#+ /, "");
  const letters = [...line];
  if (letters.length <= LONGEST_TITLE) return line;
  const cut = letters.slice(0, LONGEST_TITLE).join("");
  return `${cut.replace(/\s+\S{0,15}$/, "")}…`;
}
