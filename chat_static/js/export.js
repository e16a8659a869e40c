// @ts-check
/** Chats as files: JSON that can be imported again, Markdown for people. */

import { pathTo } from "./tree.js";
import { words } from "./words.js";

/** @param {any[]} conversations whole ones @returns {any} the form that the server exports and imports */
export const oneDocument = (conversations) => ({ format: "sluice-conversations", version: 1, conversations });

/** @param {any} conversation with messages @returns {string} the branch that is shown */
export function markdownOf(conversation) {
  const messages = new Map(conversation.messages.map((/** @type {any} */ message) => [message.id, message]));
  const turns = pathTo(messages, conversation.leaf_id).map((message) => {
    const who = message.role === "user" ? words.you : message.model;
    const pictures = message.images.map((_, index) => `*${words.picture(index + 1)}*\n\n`).join("");
    return `## ${who}\n\n${pictures}${message.content}\n`;
  });
  const system = conversation.settings?.system ? [`> ${conversation.settings.system.replaceAll("\n", "\n> ")}\n`] : [];
  return [`# ${conversation.title || words.untitled}\n`, ...system, ...turns].join("\n");
}

/** @param {string} title @param {string} ending @returns {string} a name that every system takes */
export function fileName(title, ending) {
  const plain = title.normalize("NFC").replace(/[^\p{Letter}\p{Number} ._-]+/gu, " ").replace(/\s+/g, " ").replace(/^[ .]+|[ .]+$/g, "").slice(0, 80);
  return `${plain || "chat"}.${ending}`;
}

/** @param {string} name @param {string} text @param {string} type */
export function download(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
