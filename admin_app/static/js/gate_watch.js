// @ts-check
/** Asks the gate again and again: one question at a time, none while the tab is hidden, at once when it is shown. */

/** A gate that takes longer hangs: Ollama itself is given up after two seconds, twice at most. */
const PATIENCE_MS = 5000;

/**
 * @template Answer
 * @param {(signal: AbortSignal) => Promise<Answer>} ask
 * @param {(answer: Answer) => void} onAnswer
 * @param {(error: any) => void} onTrouble
 * @param {number} pauseMs
 * @returns {() => void} asks sooner
 */
export function watch(ask, onAnswer, onTrouble, pauseMs) {
  let timer = 0;
  let isAsking = false;
  let isWantedAgain = false;

  async function look() {
    clearTimeout(timer);
    if (document.hidden) return;
    if (isAsking) return void (isWantedAgain = true);
    isAsking = true;
    isWantedAgain = false;
    try {
      await ask(AbortSignal.timeout(PATIENCE_MS)).then(onAnswer, onTrouble);
    } finally {
      isAsking = false;
      timer = setTimeout(look, isWantedAgain ? 0 : pauseMs);
    }
  }

  document.addEventListener("visibilitychange", look);
  look();
  return look;
}

/** @param {{status?: number, message: string}} error @returns {string} what to say instead of the queue */
export function troubleOf(error) {
  if (error.status === 401) return "Your session has ended. Sign in again.";
  if (error.status) return error.message;
  return "The gate cannot be reached. This page keeps trying; what it shows is from before.";
}
