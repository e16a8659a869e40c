// @ts-check
/** Preact and htm, as scripts/vendor brought them: what the page is drawn with. vendored.js has what answers need. */

import htm from "../vendor/htm-3.1.1/htm.mjs";
import * as hooks from "../vendor/preact-11.2.0/hooks.mjs";
import * as preact from "../vendor/preact-11.2.0/preact.mjs";

// Typed by hand: the files themselves are minified and say nothing about it.

/** Preact elements from template literals. @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(/** @type {any} */ (preact).h);

/** @type {any} */
export const Component = preact.Component;
/** @type {(type: any, props: any, ...children: any[]) => any} */
export const h = /** @type {any} */ (preact).h;
/** @type {(element: any, parent: Element) => void} */
export const render = /** @type {any} */ (preact).render;

/** @type {<T>(first: T) => [T, (next: T | ((before: T) => T)) => void]} */
export const useState = /** @type {any} */ (hooks).useState;
/** @type {<T>(first: T) => {current: T}} */
export const useRef = /** @type {any} */ (hooks).useRef;
/** @type {(effect: () => any, inputs?: readonly any[]) => void} */
export const useEffect = /** @type {any} */ (hooks).useEffect;
/** @type {(effect: () => any, inputs?: readonly any[]) => void} */
export const useLayoutEffect = /** @type {any} */ (hooks).useLayoutEffect;
