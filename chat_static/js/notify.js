// @ts-check
/** A notification when a waiting answer starts, for people who have turned to something else. Only if wanted. */

import { recall, remember } from "./memory.js";
import { words } from "./words.js";

/** @returns {boolean} browsers offer it on https and localhost only */
export const canNotify = () => "Notification" in globalThis && isSecureContext && Notification.permission !== "denied";

/** @returns {boolean} */
export const isNotifying = () => canNotify() && Notification.permission === "granted" && recall("notify") === "yes";

/** @returns {Promise<boolean>} */
export async function startNotifying() {
  remember("notify", "yes");
  return (await Notification.requestPermission()) === "granted";
}

export const stopNotifying = () => remember("notify", null);

/** @param {string} title the chat's */
export function notifyOfStart(title) {
  if (!isNotifying() || !document.hidden) return;
  try {
    const notification = new Notification(words.product, { body: words.hasStarted(title), tag: "sluice-start" });
    notification.addEventListener("click", () => (window.focus(), notification.close()));
  } catch {
    // Phones show notifications through service workers only; there the title has to do.
  }
}
