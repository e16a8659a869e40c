// @ts-check
/**
 * Where formulas are in Markdown: $…$, $$…$$, \(…\) and \[…\], as extensions of marked; pure.
 *
 * The rules for single dollars are pandoc's, so that "costs $5 and $10" stays money: no space inside next to a
 * dollar, and no digit right after the closing one. A formula holds no empty line, as in TeX.
 */

// Bounded, so that a text full of openings without a closing costs no more than its length.
const LINE = String.raw`(?:\\[^]|(?!\n[ \t]*\n)[^\\])`;
const BLOCK = new RegExp(String.raw`^ {0,3}(?:\$\$(${LINE}{1,3000}?)\$\$|\\\[((?:(?!\\\])${LINE}){1,3000}?)\\\])[ \t]*(?:\n|$)`);
const DISPLAY = new RegExp(String.raw`^(?:\$\$(${LINE}{1,3000}?)\$\$|\\\[((?:(?!\\\])${LINE}){1,3000}?)\\\])`);
const INLINE = new RegExp(
  String.raw`^(?:\$(?![\s$])((?:\\[^]|(?!\n[ \t]*\n)[^\\$\x60]){0,1000}?(?:\\[^]|[^\\$\x60\s]))\$(?![\d$])|\\\(((?:(?!\\\))${LINE}){1,3000}?)\\\))`,
);

/** @typedef {{type: string, raw: string, tex: string, isDisplay: boolean}} Formula */

/** @param {string} type @param {RegExp} pattern @param {boolean} isDisplay @param {string} source */
function formula(type, pattern, isDisplay, source) {
  const found = pattern.exec(source);
  const tex = (found?.[1] ?? found?.[2] ?? "").trim();
  return found && tex !== "" ? { type, raw: found[0], tex, isDisplay } : undefined;
}

/** @param {(text: string) => string} escape */
export function mathsExtensions(escape) {
  return [
    {
      name: "mathsBlock",
      level: "block",
      /** @param {string} source @returns {number | undefined} where a paragraph may have to end */
      start: (source) => {
        const found = /\n {0,3}(?:\$\$|\\\[)/.exec(source);
        return found ? found.index + 1 : undefined;
      },
      /** @param {string} source */
      tokenizer: (source) => formula("mathsBlock", BLOCK, true, source),
      /** @param {any} token */
      renderer: (token) => `<div class="maths">${escape(token.raw.trim())}</div>`,
    },
    {
      name: "maths",
      level: "inline",
      /** @param {string} source @returns {number | undefined} */
      start: (source) => {
        const found = /\$|\\[([]/.exec(source);
        return found ? found.index : undefined;
      },
      /** @param {string} source */
      tokenizer: (source) => formula("maths", DISPLAY, true, source) ?? formula("maths", INLINE, false, source),
      /** @param {any} token */
      renderer: (token) => `<span class="maths">${escape(token.raw)}</span>`,
    },
  ];
}

/**
 * @param {string} source a formula with its delimiters
 * @returns {{tex: string, isDisplay: boolean}}
 */
export function readFormula(source) {
  const found = formula("maths", DISPLAY, true, source.trim()) ?? formula("maths", INLINE, false, source.trim());
  return found ? { tex: found.tex, isDisplay: found.isDisplay } : { tex: "", isDisplay: false };
}
