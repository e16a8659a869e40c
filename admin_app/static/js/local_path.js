// @ts-check
/** Where to go after signing in: a path of this site and nothing else. */

/**
 * @param {string | null} wanted what the address line asks for
 * @param {string} otherwise where to go instead
 * @returns {string} a path that starts with exactly one slash
 */
export function localPath(wanted, otherwise) {
  // Browsers read `//host` and `/\host` as another site, and drop tabs and newlines before they look.
  return wanted !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) ? wanted : otherwise;
}
