// @ts-check
/** What is sent to the model for a path of messages; pure. */

const OPTIONS = ["temperature", "top_p", "num_ctx", "seed"];

/**
 * @param {import("./tree.js").Message[]} path ends with the question, or with the answer that is to go on
 * @param {string} model
 * @param {Record<string, any>} settings
 * @param {string[] | null} capabilities null when they are unknown
 * @returns {any} the body of POST /api/chat
 */
export function questionOf(path, model, settings, capabilities) {
  const messages = path.filter((message) => message.content !== "" || message.images.length > 0).map((message) => turnOf(message, sees(capabilities)));
  if (settings.system) messages.unshift({ role: "system", content: settings.system });
  const options = Object.fromEntries(OPTIONS.filter((name) => name in settings).map((name) => [name, settings[name]]));
  return {
    model,
    messages,
    stream: true,
    ...(Object.keys(options).length > 0 && { options }),
    ...(settings.keep_alive && { keep_alive: keepAlive(settings.keep_alive) }),
    ...(thinks(capabilities) && { think: settings.think ?? true }),
  };
}

/** @param {import("./tree.js").Message} message @param {boolean} withImages @returns {any} */
function turnOf({ role, content, images }, withImages) {
  return { role, content, ...(withImages && images.length > 0 && { images }) };
}

/** @param {string[] | null | undefined} capabilities of an unknown model nothing is left out */
export const sees = (capabilities) => !capabilities || capabilities.includes("vision");

/** @param {string[] | null | undefined} capabilities */
export const thinks = (capabilities) => capabilities?.includes("thinking") ?? false;

/** @param {string} given Ollama takes bare numbers as numbers only @returns {string | number} */
function keepAlive(given) {
  return /^-?\d+$/.test(given) ? Number(given) : given;
}
