// @ts-check
/** One question and its answer, from sending to the last word. */

import { openChat } from "./api.js";
import { errorOf, NdjsonReader } from "./ndjson.js";
import { ThinkTags } from "./think_tags.js";
import { words } from "./words.js";

/** The answer ended with an error inside the stream. */
export class AnswerError extends Error {}

/**
 * @typedef {object} Hooks
 * @property {() => void} onHeaders the gate has begun to answer, which may be before its turn
 * @property {() => void} onStart called once, at the first record
 * @property {(piece: {content: string, thinking: string}) => void} onPiece
 */

/**
 * @param {any} question
 * @param {string} ticket
 * @param {Hooks} hooks
 * @param {AbortSignal} signal stops it; then this rejects with an AbortError
 * @returns {Promise<{last: any, waitedS: number | null}>} the wait is null where the headers came before its end
 */
export async function exchange(question, ticket, hooks, signal) {
  const answer = await openChat(question, ticket, signal);
  const waited = answer.headers.get("X-Queue-Wait-Ms");
  if (waited !== null) hooks.onHeaders();
  const last = await readAnswer(answer, hooks);
  return { last, waitedS: waited === null ? null : Number(waited) / 1000 };
}

/** @param {Response} answer @param {Hooks} hooks @returns {Promise<any>} the final record */
async function readAnswer(answer, hooks) {
  const tags = new ThinkTags();
  let last = null;
  for await (const record of recordsOf(answer)) {
    const error = errorOf(record);
    if (error !== null) throw new AnswerError(error);
    if (last === null) hooks.onStart();
    last = record;
    const { content, thinking } = tags.push(record.message?.content ?? "");
    hooks.onPiece({ content, thinking: (record.message?.thinking ?? "") + thinking });
  }
  hooks.onPiece(tags.end());
  if (last?.done !== true) throw new AnswerError(words.unfinished);
  return last;
}

/** @param {Response} answer @returns {AsyncGenerator<any>} */
async function* recordsOf(answer) {
  const bytes = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const reader = new NdjsonReader();
  for (let read = await bytes.read(); !read.done; read = await bytes.read()) yield* reader.push(read.value);
  yield* reader.end();
}
