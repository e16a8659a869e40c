// @ts-check
/** Why a deed on the models did not happen, in a sentence; pure, so that it can be tested without a page. */

/** What servers answer to a route they do not have. */
const UNKNOWN_ROUTE = [404, 405, 501];

/**
 * @param {any} error an ApiError with the answer's `status` and what it `said`, or any other error
 * @returns {string}
 */
export function whyNot(error) {
  // Ollama names what it misses; a server without the route says nothing that a program could read.
  const isUnknown = UNKNOWN_ROUTE.includes(error.status) && !error.said?.error;
  if (!isUnknown) return String(error.message);
  return `This upstream cannot do that: it answers ${error.status}, as a server that is no Ollama does. The demo model can neither pull nor delete models.`;
}
