// @ts-check
/** The conversations the server keeps for this person. Every write can be sent again: ids are made here. */

import { get, tell } from "./api.js";

const ROOT = "/api/conversations";

/** @typedef {{id: string, title: string, model: string, created_at: number, updated_at: number}} Row */

/** @param {number} [before] @returns {Promise<{conversations: Row[], more: boolean}>} the latest first */
export const list = (before) => get(`${ROOT}?limit=50${before === undefined ? "" : `&before=${before}`}`);

/** @param {string} text @param {AbortSignal} signal @returns {Promise<{conversations: (Row & {snippet: string})[]}>} */
export const search = (text, signal) => get(`${ROOT}/search?q=${encodeURIComponent(text)}`, { signal });

/** @param {string} id @returns {Promise<any>} with its messages */
export const read = (id) => get(`${ROOT}/${id}`);

/** @param {string} id @param {{title?: string, model?: string, settings?: any, leaf_id?: string | null}} changes */
export const change = (id, changes) => tell("PUT", `${ROOT}/${id}`, changes);

/** @param {string} id */
export const remove = (id) => tell("DELETE", `${ROOT}/${id}`);

/** @param {string} id */
export const restore = (id) => tell("POST", `${ROOT}/${id}/restore`, {});

/** @param {string} id @param {import("./tree.js").Message} message */
export function keepMessage(id, message) {
  const { parent_id, role, content, thinking, images, model, state, statistics } = message;
  return tell("PUT", `${ROOT}/${id}/messages/${message.id}`, { parent_id, role, content, thinking, images, model, state, statistics });
}

/**
 * @param {string} id
 * @param {string} messageId
 * @param {{offset: number, content: string, thinking_offset: number, thinking: string}} piece
 */
export const append = (id, messageId, piece) => tell("POST", `${ROOT}/${id}/messages/${messageId}/append`, piece);

/** @returns {Promise<any>} */
export const exportAll = () => get(`${ROOT}/export`);

/** @param {any} document @returns {Promise<{imported: number}>} */
export const importAll = async (document) => (await tell("POST", `${ROOT}/import`, document)).json();
