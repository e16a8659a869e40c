// @ts-check
/** Said once by screen readers, never each token; the same sentence again stays silent. */

/** @param {string} sentence */
export function announce(sentence) {
  const status = document.getElementById("status");
  if (status && status.textContent !== sentence) status.textContent = sentence;
}
