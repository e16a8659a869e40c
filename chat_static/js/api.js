// @ts-check
/** Everything the page asks of the gate. Failures are ApiErrors whose message is a sentence for people. */

import { words } from "./words.js";

export class ApiError extends Error {
  /**
   * @param {string} sentence
   * @param {number} status 0 when nothing answered
   * @param {{reason?: string, retryAfterS?: number | null, said?: any}} [more] the gate's code, and all of the answer
   */
  constructor(sentence, status, { reason = "", retryAfterS = null, said = {} } = {}) {
    super(sentence);
    this.status = status;
    this.reason = reason;
    this.retryAfterS = retryAfterS;
    this.said = said;
  }
}

/**
 * The token our cookie-signed requests must show; it stands in a cookie that scripts may read.
 * @param {string} cookies the text of `document.cookie`
 * @returns {string}
 */
export function csrfToken(cookies) {
  const pair = cookies.split("; ").find((cookie) => cookie.startsWith("sluice_csrf="));
  return pair ? pair.slice("sluice_csrf=".length) : "";
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} an answer with a good status; aborting rejects with an AbortError
 */
export async function ask(path, options) {
  const answer = await fetch(path, options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError(words.unreachable, 0);
  });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  const sentence = said.error?.message ?? said.error ?? words.answered(answer.status);
  const retryAfterS = Number(answer.headers.get("Retry-After")) || null;
  throw new ApiError(sentence, answer.status, { reason: answer.headers.get("X-Sluice-Reason") ?? "", retryAfterS, said });
}

let isLeaving = false;
/** Browsers let requests outlive a page while their bodies together stay below 64 KiB. */
const MOST_OUTLIVING = 60_000;
/** @param {boolean} isGoing the page goes away, and what is told from now on outlives it; or it has come back */
export const outlive = (isGoing) => void (isLeaving = isGoing);

/**
 * @param {string} method
 * @param {string} path
 * @param {any} [body] sent as JSON
 * @param {RequestInit} [more]
 * @returns {Promise<Response>}
 */
export function tell(method, path, body, more = {}) {
  const text = JSON.stringify(body);
  return ask(path, {
    keepalive: isLeaving && (text?.length ?? 0) < MOST_OUTLIVING,
    ...more,
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken(document.cookie), ...more.headers },
    ...(body !== undefined && { body: text }),
  });
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
export const get = async (path, options) => (await ask(path, options)).json();

/** @typedef {{name: string, size: number, capabilities: string[] | null, parameters: string, isLoaded: boolean}} Model */

/** @returns {Promise<Model[]>} the models that can chat, those in memory first */
export async function models() {
  const [{ models: installed }, loaded] = await Promise.all([get("/api/tags"), loadedModels().catch(() => /** @type {string[]} */ ([]))]);
  return (installed ?? [])
    .filter((/** @type {any} */ model) => model.capabilities?.includes("completion") ?? true)
    .map((/** @type {any} */ model) => ({
      name: model.name,
      size: model.size ?? 0,
      capabilities: model.capabilities ?? null,
      parameters: model.details?.parameter_size ?? "",
      isLoaded: loaded.includes(model.name),
    }))
    .sort((/** @type {Model} */ one, /** @type {Model} */ other) => Number(other.isLoaded) - Number(one.isLoaded));
}

/** @param {RequestInit} [options] @returns {Promise<string[]>} names of the models in memory */
export async function loadedModels(options) {
  const { models } = await get("/api/ps", options);
  return (models ?? []).map((/** @type {{name: string}} */ model) => model.name);
}

/** @returns {Promise<{username: string, is_admin: boolean, admin_url?: string}>} */
export const whoAmI = () => get("/api/auth/session");

/** @param {AbortSignal} [signal] @returns {Promise<any>} the queue as far as we may see it */
export const liveQueue = (signal) => get("/gate/queue", { signal });

/** @param {string} id @returns {Promise<any>} a ticket, live or ended lately */
export const ticketState = (id) => get(`/gate/tickets/${id}`);

/**
 * Ask the model; resolves when the answer begins.
 * @param {any} question
 * @param {string} ticket our own name for the request
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
export const openChat = (question, ticket, signal) =>
  tell("POST", "/api/chat", question, { signal, headers: { "X-Queue-Ticket": ticket } });
