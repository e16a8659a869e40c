// @ts-check
/** Puts text on the clipboard, also over plain http, where browsers keep their clipboard interface to themselves. */

/** @param {string} text @returns {Promise<boolean>} did it work? */
export async function copyText(text) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not permitted here; the old way may be.
  }
  return copyThroughField(text);
}

/** @param {string} text @returns {boolean} */
function copyThroughField(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "copy-field";
  // A modal dialog makes everything outside it inert.
  (before?.closest("dialog") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}
