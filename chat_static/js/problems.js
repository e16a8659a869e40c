// @ts-check
/** What went wrong, as a sentence, its reason, and what to do; pure. */

import { AnswerError } from "./exchange.js";
import { ApiError } from "./api.js";
import { BrokenStreamError } from "./ndjson.js";
import { words } from "./words.js";

/** @typedef {{sentence: string, reason: string, advice: string, isSignIn: boolean}} Problem */

/** @param {unknown} error @returns {Problem} */
export function problemOf(error) {
  if (error instanceof ApiError) {
    return { sentence: error.message, reason: error.reason, advice: adviceFor(error), isSignIn: error.status === 401 };
  }
  const isForeseen = error instanceof AnswerError || error instanceof BrokenStreamError;
  return { sentence: isForeseen ? error.message : words.brokeInside, reason: "", advice: words.advice.again, isSignIn: false };
}

/** @param {ApiError} error @returns {string} */
function adviceFor({ status, reason, retryAfterS }) {
  if (status === 0) return words.advice.unreachable;
  if (status === 401) return words.advice.signIn;
  if (reason === "own_limit") return words.advice.ownLimit;
  if (reason === "cancelled") return words.advice.cancelled;
  if (reason === "csrf") return words.advice.csrf;
  if (status === 404 || reason.startsWith("model_")) return words.advice.model;
  if (retryAfterS !== null) return words.advice.busyFor(retryAfterS);
  return status >= 500 || status === 429 ? words.advice.busy : words.advice.again;
}
