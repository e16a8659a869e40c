// @ts-check
/** The keyboard: which keys do what; pure. */

import { words } from "./words.js";

/**
 * @typedef {keyof typeof words.keys} Name
 * @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} Press
 */

/** What works wherever the focus is. @type {{name: Name, key: string, code: string, isShift: boolean, isPlain?: boolean}[]} */
const EVERYWHERE = [
  { name: "newChat", key: "o", code: "KeyO", isShift: true },
  { name: "search", key: "k", code: "KeyK", isShift: false },
  { name: "sidebar", key: "s", code: "KeyS", isShift: true },
  { name: "sidebar", key: "b", code: "KeyB", isShift: false },
  { name: "copyCode", key: ";", code: "Semicolon", isShift: true },
  { name: "copyAnswer", key: "c", code: "KeyC", isShift: true },
  { name: "help", key: "/", code: "Slash", isShift: false },
  { name: "focus", key: "escape", code: "Escape", isShift: true, isPlain: true },
];

/** @param {Press} press @param {boolean} isMac @returns {Name | null} */
export function commandOf(press, isMac) {
  const isCommand = isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey;
  const isBare = !press.ctrlKey && !press.metaKey;
  if (press.altKey) return null;
  const key = press.key.toLowerCase();
  // The letter counts, not its place; on a Cyrillic or Greek keyboard the place is all there is.
  const isLatin = /^[a-z]$/.test(key);
  const found = EVERYWHERE.find(
    (each) => (each.isPlain ? isBare : isCommand) && press.shiftKey === each.isShift && (key === each.key || (!isLatin && press.code === each.code)),
  );
  return found?.name ?? null;
}

/** @param {boolean} isMac @returns {{name: Name, keys: string[]}[]} for the list of shortcuts */
export function spoken(isMac) {
  const command = isMac ? "⌘" : "Ctrl";
  return [
    { name: "send", keys: ["Enter"] },
    { name: "newline", keys: ["Shift", "Enter"] },
    { name: "stop", keys: ["Esc"] },
    { name: "editLast", keys: ["↑"] },
    { name: "focus", keys: ["Shift", "Esc"] },
    { name: "newChat", keys: [command, "Shift", "O"] },
    { name: "search", keys: [command, "K"] },
    { name: "sidebar", keys: [command, "B"] },
    { name: "copyAnswer", keys: [command, "Shift", "C"] },
    { name: "copyCode", keys: [command, "Shift", ";"] },
    { name: "help", keys: [command, "/"] },
  ];
}
