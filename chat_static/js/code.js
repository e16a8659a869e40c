// @ts-check
/** Code in answers: a frame with its language and a copy button; colours when there is time. */

import { words } from "./answer_words.js";
import { copyText } from "./copy.js";
import { whenIdle } from "./idle.js";
import { DOMPurify, loadHighlighter, loadLanguage, MORE_LANGUAGES } from "./vendored.js";

/** Colouring takes time in proportion; a program this long is read elsewhere (characters). */
const LONGEST = 40_000;
const SAID_MS = 2000;
const OTHER_NAMES = /** @type {Record<string, string>} */ ({
  asm: "x86asm", assembly: "x86asm", docker: "dockerfile", hs: "haskell", jl: "julia", proto: "protobuf", ps1: "powershell",
  pwsh: "powershell", tex: "latex",
});

/** @type {Promise<any> | undefined} */
let highlighter;

/**
 * @param {string} language as the fence names it, may be empty
 * @param {string} text
 * @returns {HTMLElement}
 */
export function codeBlock(language, text) {
  const name = document.createElement("span");
  name.className = "code-language";
  name.textContent = language || words.code;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-copy";
  button.dataset.language = language;
  say(button, words.copy, words.copyCode(language));
  const head = document.createElement("div");
  head.className = "code-head";
  head.append(name, button);
  const code = document.createElement("code");
  code.dataset.language = language;
  code.textContent = text;
  const pre = document.createElement("pre");
  // It scrolls, so it must be reachable by keyboard, and what can be focused needs a name.
  pre.tabIndex = 0;
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", words.codeIn(language));
  pre.append(code);
  const block = document.createElement("div");
  block.className = "code";
  block.append(head, pre);
  return block;
}

/**
 * Let a block's code grow. What is there stays, and with it what somebody has selected.
 * @param {Element} block
 * @param {string} text
 * @returns {boolean} false if it is not the beginning of the text
 */
export function extendCode(block, text) {
  const shown = block.querySelector("code")?.firstChild;
  if (!(shown instanceof Text) || shown.nextSibling || !text.startsWith(shown.data)) return false;
  shown.appendData(text.slice(shown.length));
  return true;
}

/** @param {Element} root its code blocks get their colours */
export function highlightIn(root) {
  for (const code of root.querySelectorAll(".code code:not(.hljs)")) {
    code.classList.add("hljs");
    paint(/** @type {HTMLElement} */ (code));
  }
}

/** @param {HTMLElement} code */
async function paint(code) {
  const text = code.textContent ?? "";
  if (!code.dataset.language || text.length > LONGEST) return;
  const engine = await engineFor(code.dataset.language);
  const language = engine && languageIn(engine, code.dataset.language);
  if (!language) return;
  whenIdle(() => {
    if (!code.isConnected || code.textContent !== text) return;
    const { value } = engine.highlight(text, { language, ignoreIllegals: true });
    code.replaceChildren(
      DOMPurify.sanitize(value, { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true }),
    );
  });
}

/** @param {string} name @returns {Promise<any>} an engine that knows the language if there is any; null when it cannot be had */
async function engineFor(name) {
  try {
    highlighter ??= loadHighlighter();
    const engine = await highlighter;
    const wanted = OTHER_NAMES[name.toLowerCase()] ?? name.toLowerCase();
    if (!engine.getLanguage(wanted) && MORE_LANGUAGES.includes(wanted)) {
      engine.registerLanguage(wanted, await loadLanguage(wanted));
    }
    return engine;
  } catch {
    // Without colours it reads as well; the next block tries again.
    highlighter = undefined;
    return null;
  }
}

/** @param {any} engine @param {string} name @returns {string | null} */
function languageIn(engine, name) {
  const wanted = OTHER_NAMES[name.toLowerCase()] ?? name.toLowerCase();
  return engine.getLanguage(wanted) ? wanted : null;
}

/** @param {Event} event a click anywhere in an answer; one on a copy button copies its code */
export async function copyOnClick(event) {
  const button = event.target instanceof Element ? event.target.closest("button.code-copy") : null;
  if (!(button instanceof HTMLElement)) return;
  const text = button.closest(".code")?.querySelector("code")?.textContent ?? "";
  const name = words.copyCode(button.dataset.language ?? "");
  const said = (await copyText(text)) ? words.copied : words.notCopied;
  say(button, said, said);
  setTimeout(() => say(button, words.copy, name), SAID_MS);
}

/** @param {Element} button @param {string} text @param {string} name what screen readers call it */
function say(button, text, name) {
  button.textContent = text;
  button.setAttribute("aria-label", name);
}
