// @ts-check
/**
 * Prompts that the server does not have yet: typed but not sent, or sent but not kept. They outlive the page, so
 * that neither a lost session nor a crash takes them.
 */

import { recall, remember } from "./memory.js";

/** @typedef {{text: string, sentAs?: string}} Draft `sentAs`: the message it became, unless the server lacks it */

/** @param {string} chatId @returns {Draft | null} */
export function draftOf(chatId) {
  try {
    const draft = JSON.parse(recall(`draft.${chatId}`) ?? "null");
    return typeof draft?.text === "string" ? draft : null;
  } catch {
    return null;
  }
}

/** @param {string} chatId @param {Draft} draft an empty one is forgotten */
export function keepDraft(chatId, draft) {
  remember(`draft.${chatId}`, draft.text.trim() === "" ? null : JSON.stringify(draft));
}

/** @param {string} chatId @param {string} sentAs the server has it now; a newer draft stays */
export function dropSent(chatId, sentAs) {
  if (draftOf(chatId)?.sentAs === sentAs) remember(`draft.${chatId}`, null);
}
