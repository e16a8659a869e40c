// @ts-check
/**
 * Other people's libraries that answers need, as scripts/vendor brought them. This module and vendored_ui.js are the
 * only ones that know their folders: the names carry versions, so browsers keep the files for ever, and an update is
 * an edit here.
 */

// Made for classic scripts: it leaves its name in the global object.
import "../vendor/dompurify-3.4.18/purify.min.js";

export { Marked } from "../vendor/marked-18.2.1/marked.esm.js";

/** @type {any} undefined outside a browser */
export const DOMPurify = /** @type {any} */ (globalThis).DOMPurify;

const HIGHLIGHT = "../vendor/highlightjs-11.12.0";
const KATEX = "../vendor/katex-0.19.1";

/** Languages beyond the common ones that highlight.js can be taught. */
export const MORE_LANGUAGES = [
  "clojure", "cmake", "dart", "dockerfile", "elixir", "erlang", "fortran", "groovy", "haskell", "julia", "latex",
  "lisp", "matlab", "nginx", "nix", "ocaml", "powershell", "protobuf", "scala", "vim", "x86asm",
];

/** @returns {Promise<any>} highlight.js with its common languages; loaded when first needed */
export async function loadHighlighter() {
  return (await import(`${HIGHLIGHT}/highlight.min.js`)).default;
}

/** @param {string} name one of MORE_LANGUAGES @returns {Promise<any>} */
export async function loadLanguage(name) {
  return (await import(`${HIGHLIGHT}/languages/${name}.min.js`)).default;
}

/** @returns {Promise<any>} KaTeX; its style is there as well, so that no formula is seen undressed */
export async function loadKatex() {
  await Promise.all([import(`${KATEX}/katex.min.js`), loadStyle(`${KATEX}/katex.min.css`)]);
  return /** @type {any} */ (globalThis).katex;
}

/** @param {string} path @returns {Promise<void>} */
function loadStyle(path) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(path, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(`${path} could not be loaded.`)));
    document.head.append(link);
  });
}
