// @ts-check
/** Formulas in answers: their source stands there until KaTeX has been loaded, and stays where it is not TeX. */

import { words } from "./answer_words.js";
import { whenIdle } from "./idle.js";
import { readFormula } from "./maths_syntax.js";
import { loadKatex } from "./vendored.js";

/** Nothing a model writes may load, link, name elements or fill the screen (sizes in em). */
const OPTIONS = { trust: false, strict: "ignore", maxSize: 20, maxExpand: 500, throwOnError: true, errorColor: "currentcolor" };

/** @type {Promise<any> | undefined} */
let loading;

/** @param {Element} root its formulas are set, itself included */
export function renderMathsIn(root) {
  for (const element of [root, ...root.querySelectorAll(".maths")]) {
    if (!element.matches(".maths:not(.is-set)")) continue;
    element.classList.add("is-set");
    renderFormula(/** @type {HTMLElement} */ (element));
  }
}

/** @param {HTMLElement} element */
async function renderFormula(element) {
  const katex = await engine();
  if (katex === null) return;
  whenIdle(() => {
    if (element.isConnected) setFormula(katex, element);
  });
}

/** @returns {Promise<any>} null when it cannot be had: the source is shown, the next formula tries again */
async function engine() {
  try {
    loading ??= loadKatex();
    return await loading;
  } catch {
    loading = undefined;
    return null;
  }
}

/** @param {any} katex @param {HTMLElement} element */
function setFormula(katex, element) {
  const source = element.textContent ?? "";
  const { tex, isDisplay } = readFormula(source);
  // Apart from the page, so that a failure half-way leaves the source as it is.
  const set = document.createElement("span");
  try {
    // Into nodes: markup with style attributes would be refused by the content security policy.
    katex.render(tex, set, { ...OPTIONS, displayMode: isDisplay });
  } catch (error) {
    element.classList.add("is-not-tex");
    element.title = error instanceof Error ? error.message : String(error);
    return;
  }
  if (isDisplay) {
    element.classList.add("is-display");
    // A wide formula scrolls, so it must be reachable by keyboard.
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", words.formula);
  }
  element.replaceChildren(...set.childNodes);
}
