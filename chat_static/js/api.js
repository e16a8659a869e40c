// @ts-check
/** Everything the page asks of the gate. Failures are ApiErrors whose message is a sentence for people. */

export class ApiError extends Error {
  /** @param {string} sentence @param {number} status 0 when nothing answered */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
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
async function ask(path, options) {
  const answer = await fetch(path, options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The server cannot be reached. Check the connection and try again.", 0);
  });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new ApiError(said.error ?? `The server answered ${answer.status}. Try again later.`, answer.status);
}

/** @returns {Promise<string[]>} the names of the installed models */
export async function modelNames() {
  const { models } = await (await ask("/api/tags")).json();
  return (models ?? []).map((/** @type {{name: string}} */ model) => model.name);
}

/** @returns {Promise<{username: string, is_admin: boolean, admin_url?: string}>} */
export async function whoAmI() {
  return (await ask("/api/auth/session")).json();
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the ticket as `GET /gate/tickets/ID` shows it
 */
export async function ticketState(id, signal) {
  return (await ask(`/gate/tickets/${id}`, { signal })).json();
}

/**
 * Ask the model; resolves when the answer begins.
 * @param {{model: string, messages: {role: string, content: string}[]}} question
 * @param {string} ticket our own name for the request
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
export function openChat(question, ticket, signal) {
  return ask("/api/chat", {
    method: "POST",
    signal,
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": csrfToken(document.cookie),
      "X-Queue-Ticket": ticket,
    },
    body: JSON.stringify({ ...question, stream: true }),
  });
}
