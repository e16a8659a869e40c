// @ts-check
/** One question and its answer, from sending to the last word. */

import { openChat, ticketState } from "./api.js";
import { errorOf, NdjsonReader } from "./ndjson.js";
import { newTicketId, watchTicket } from "./ticket.js";

/** The answer ended with an error inside the stream. */
export class AnswerError extends Error {}

/**
 * @typedef {object} Hooks
 * @property {(ticket: any) => void} onTicket called about every second until the first record
 * @property {() => void} onStart called once, at the first record
 * @property {(piece: string) => void} onText
 */

/**
 * @param {{model: string, messages: {role: string, content: string}[]}} question
 * @param {Hooks} hooks
 * @param {AbortSignal} signal stops it; then this rejects with an AbortError
 * @returns {Promise<{last: any, waitedSeconds: number | null}>}
 */
export async function exchange(question, hooks, signal) {
  const ticket = newTicketId();
  const started = new AbortController();
  const watching = AbortSignal.any([signal, started.signal]);
  let seenWaited = /** @type {number | null} */ (null);
  const onSeen = (/** @type {any} */ seen) => {
    seenWaited = seen.waited_s ?? seenWaited;
    hooks.onTicket(seen);
  };
  watchTicket(() => ticketState(ticket, watching), onSeen, watching);
  try {
    const answer = await openChat(question, ticket, signal);
    const header = answer.headers.get("X-Queue-Wait-Ms");
    const last = await readAnswer(answer, hooks, () => started.abort());
    // An early answer was sent before the wait was over, so its headers cannot tell how long it was.
    return { last, waitedSeconds: header === null ? seenWaited : Number(header) / 1000 };
  } finally {
    started.abort();
  }
}

/**
 * @param {Response} answer
 * @param {Hooks} hooks
 * @param {() => void} stopWatching
 * @returns {Promise<any>} the final record
 */
async function readAnswer(answer, hooks, stopWatching) {
  let last = null;
  for await (const record of recordsOf(answer)) {
    if (last === null) {
      stopWatching();
      hooks.onStart();
    }
    last = record;
    const error = errorOf(record);
    if (error !== null) throw new AnswerError(error);
    hooks.onText(record.message?.content ?? "");
  }
  if (last?.done !== true) throw new AnswerError("The answer broke off before its end. Send the message again.");
  return last;
}

/** @param {Response} answer @returns {AsyncGenerator<any>} */
async function* recordsOf(answer) {
  const bytes = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const reader = new NdjsonReader();
  for (let read = await bytes.read(); !read.done; read = await bytes.read()) yield* reader.push(read.value);
  yield* reader.end();
}
