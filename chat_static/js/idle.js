// @ts-check
/**
 * Work that can wait: done piece by piece, in order, when the page has nothing better to do, so that a long
 * conversation opens and an answer streams without a stutter.
 */

/** Milliseconds one turn may take where the browser does not tell. */
const TURN_MS = 8;
/** Even a busy page gets to it after this many milliseconds. */
const AT_LATEST_MS = 500;

/** @type {(() => void)[]} */
const waiting = [];
let isAskedFor = false;

/** @param {() => void} piece */
export function whenIdle(piece) {
  waiting.push(piece);
  ask();
}

function ask() {
  if (isAskedFor || waiting.length === 0) return;
  isAskedFor = true;
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: AT_LATEST_MS });
  else setTimeout(work, 1); // Safari
}

/** @param {IdleDeadline} [deadline] */
function work(deadline) {
  isAskedFor = false;
  const start = performance.now();
  const isOver = () => (deadline && !deadline.didTimeout ? deadline.timeRemaining() < 2 : performance.now() - start > TURN_MS);
  try {
    do waiting.shift()?.();
    while (waiting.length > 0 && !isOver());
  } finally {
    ask(); // a piece that fails is reported by the browser and does not stop the others
  }
}
