// @ts-check
/** Asks the gate again and again: one question at a time, none while the tab is hidden, at once when it is shown. */

import { ApiError, get } from "/static/chat/js/api.js";
import { html } from "/static/chat/js/vendored_ui.js";
import { timeOfDay } from "./queue_words.js";

/** A gate that takes longer hangs: Ollama itself is given up after two seconds, twice at most. */
const PATIENCE_MS = 5000;

/**
 * @template Answer
 * @param {(signal: AbortSignal) => Promise<Answer>} ask
 * @param {(answer: Answer) => void} onAnswer
 * @param {(error: any) => void} onTrouble
 * @param {number} pauseMs
 * @returns {() => void} asks sooner
 */
export function watch(ask, onAnswer, onTrouble, pauseMs) {
  let timer = 0;
  let isAsking = false;
  let isWantedAgain = false;

  async function look() {
    clearTimeout(timer);
    if (document.hidden) return;
    if (isAsking) return void (isWantedAgain = true);
    isAsking = true;
    isWantedAgain = false;
    try {
      await ask(AbortSignal.timeout(PATIENCE_MS)).then(onAnswer, onTrouble);
    } finally {
      isAsking = false;
      timer = setTimeout(look, isWantedAgain ? 0 : pauseMs);
    }
  }

  document.addEventListener("visibilitychange", look);
  look();
  return look;
}

/**
 * The whole queue. Whoever is let in by their address alone, since the session has ended, is told of their own
 * requests only, without who stopped the gate and when: that is no queue to show here.
 * @param {AbortSignal} signal
 * @returns {Promise<import("./queue_words.js").Queue>}
 */
export async function askQueue(signal) {
  const queue = await get("/gate/queue", { signal });
  if (queue.since_at === undefined || queue.by === undefined) throw new ApiError("", 401);
  return queue;
}

/** @param {any} error @returns {boolean} whether the gate no longer takes us for an administrator */
export const isSignedOut = (error) => error?.status === 401;

/** @param {{status?: number, message: string}} error @param {number} [atS] of when what is shown is @returns {string} */
export function troubleOf(error, atS) {
  if (isSignedOut(error)) return "You are no longer signed in as an administrator.";
  if (error.status) return error.message;
  return `The gate cannot be reached. This page keeps trying${atS ? `; what it shows is as of ${timeOfDay(atS)}` : ""}.`;
}

/** What to say instead of the queue, with the way on. @param {{error: any, atS?: number}} props */
export const Trouble = ({ error, atS }) =>
  html`${troubleOf(error, atS)}${isSignedOut(error) && html` <a href=${`/login?next=${encodeURIComponent(location.pathname)}`}>Sign in</a>`}`;
