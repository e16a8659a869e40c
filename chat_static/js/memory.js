// @ts-check
/** What this browser remembers. Storage can be forbidden or full; then it is remembered as long as the page lives. */

const PREFIX = "sluice.";
/** @type {Map<string, string>} */
const here = new Map();

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

/** @param {string} name @param {string | null} value null forgets it */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
    here.delete(name);
  } catch {
    if (value === null) here.delete(name);
    else here.set(name, value);
  }
}
