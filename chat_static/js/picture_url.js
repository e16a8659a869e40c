// @ts-check
/** @type {[string, string][]} how base64 of each kind begins */
const KINDS = [["/9j/", "jpeg"], ["iVBOR", "png"], ["UklGR", "webp"], ["R0lGOD", "gif"]];

/** @param {string} base64 a picture as models get it @returns {string} */
export function pictureUrl(base64) {
  const kind = KINDS.find(([start]) => base64.startsWith(start))?.[1] ?? "png";
  return `data:image/${kind};base64,${base64}`;
}
