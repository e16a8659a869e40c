// @ts-check
/**
 * A stream of JSON lines, read from bytes as they come.
 *
 * Pure: chunks may end anywhere, in the middle of a line or of a letter. While a request waits, the gate may send
 * single spaces before the first record; they mean nothing and are skipped.
 */

import { words } from "./words.js";

/** The stream cannot be understood; the message is a sentence for people. */
export class BrokenStreamError extends Error {}

export class NdjsonReader {
  #decoder = new TextDecoder();
  #rest = "";

  /**
   * @param {Uint8Array} chunk
   * @returns {Generator<any>} the records that are complete by now, up to one that is broken
   */
  *push(chunk) {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) yield* readLine(line);
  }

  /** @returns {any[]} the last record, when the stream ended without a newline */
  end() {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return readLine(last);
  }
}

/** @param {string} line @returns {any[]} */
function readLine(line) {
  if (line.trim() === "") return [];
  try {
    return [JSON.parse(line)];
  } catch {
    throw new BrokenStreamError(words.unreadable);
  }
}

/**
 * The sentence of an error that came inside the stream, in any of the shapes Ollama and OpenAI use.
 * @param {any} record
 * @returns {string | null}
 */
export function errorOf(record) {
  const error = record?.error;
  if (error === undefined || error === null) return null;
  return typeof error === "string" ? error : String(error.message ?? words.endedInError);
}
