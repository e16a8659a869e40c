// @ts-check
/** Copy buttons: `data-copies` names the element whose text is copied. */

/** @param {HTMLElement} element */
function selectAll(element) {
  getSelection()?.selectAllChildren(element);
}

/** @param {HTMLElement} element */
async function copy(element) {
  // The clipboard is there on https and localhost only; elsewhere the old way still works.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return true;
  }
  selectAll(element);
  return document.execCommand("copy");
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const element = /** @type {HTMLElement} */ (document.getElementById(button.getAttribute("data-copies") ?? ""));
    const done = await copy(element).catch(() => false);
    if (!done) selectAll(element);
    const status = document.getElementById("copy-status");
    if (status) status.textContent = done ? "Copied." : "The browser would not copy it. It is selected: press Ctrl+C.";
  });
}
