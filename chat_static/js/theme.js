// @ts-check
/** Light, dark, or as the system says. theme_first.js does the same before the page is drawn. */

import { recall, remember } from "./memory.js";

export const THEMES = /** @type {const} */ (["system", "light", "dark"]);

/** @returns {typeof THEMES[number]} */
export function themeOf() {
  const kept = recall("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** @param {typeof THEMES[number]} theme */
export function chooseTheme(theme) {
  remember("theme", theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
