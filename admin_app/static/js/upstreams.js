// @ts-check
/** The upstreams page: it stays true by itself, loads, unloads, pulls and deletes models by the gate's own routes. */

import { tell } from "/static/chat/js/api.js";
import { NdjsonReader, errorOf } from "/static/chat/js/ndjson.js";
import { PullProgress } from "./pull_progress.js";
import { whyNot } from "./upstream_words.js";

const PAUSE_MS = 10_000;
/** A gate that hangs answers nothing at all; the question is dropped then and the next one asked. */
const PATIENCE_MS = 8_000;

/** @param {string} id @returns {any} */
const the = (id) => document.getElementById(id);

/** @param {string} sentence */
const say = (sentence) => void (the("upstream-status").textContent = sentence);

/** Whether the page shows what was true a while ago. */
let isStale = false;

/** @returns {Promise<Document | null>} this page as it would be now; null when that is not told in time */
function thisPageNow() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    const bound = setTimeout(() => request.abort(), PATIENCE_MS);
    request.onloadend = () => {
      clearTimeout(bound);
      resolve(request.status === 200 ? request.responseXML : null);
    };
    request.send();
  });
}

/** @param {Element} block @returns {boolean} whether somebody is about to do something there */
const isInUse = (block) => block.contains(document.activeElement) || block.querySelector("details[open]") !== null;

/** @param {{isWished?: boolean}} [how] after a deed of the person's own everything is replaced */
async function refresh({ isWished = false } = {}) {
  const [present, next] = [the("upstreams"), (await thisPageNow())?.getElementById("upstreams")];
  if (!next) {
    isStale = true;
    say("This page shows what was true a while ago: Sluice did not answer. Is it running, and are you still signed in? The page keeps asking.");
    return;
  }
  if (isStale) say("Sluice answers again.");
  isStale = false;
  const [old, fresh] = [present, next].map((page) => [...page.querySelectorAll("[data-live]")]);
  if (old.map((block) => block.id).join() !== fresh.map((block) => block.id).join()) {
    present.replaceWith(document.adoptNode(next));
    return;
  }
  old.forEach((block, number) => {
    if (!block.isEqualNode(fresh[number]) && (isWished || !isInUse(block))) block.replaceWith(document.adoptNode(fresh[number]));
  });
}

/** @type {Record<string, {before: (model: string) => string, done: (model: string) => string, ask: (model: string) => Promise<unknown>}>} */
const DEEDS = {
  load: {
    before: (model) => `Loading ${model}. It waits for a slot first, if others are served.`,
    done: (model) => `${model} is loaded.`,
    ask: (model) => tell("POST", "/api/generate", { model, stream: false }),
  },
  unload: {
    before: (model) => `Unloading ${model}. It waits for a slot first, if others are served.`,
    done: (model) => `${model} is unloaded.`,
    ask: (model) => tell("POST", "/api/generate", { model, keep_alive: 0, stream: false }),
  },
  delete: {
    before: (model) => `Deleting ${model}.`,
    done: (model) => `${model} is deleted.`,
    ask: (model) => tell("DELETE", "/api/delete", { model }),
  },
};

/** @param {string} name @param {string} model @param {HTMLButtonElement} button */
async function carryOut(name, model, button) {
  const [deed, block] = [DEEDS[name], button.closest("[data-live]")?.id];
  button.disabled = true;
  say(deed.before(model));
  try {
    await deed.ask(model);
    await refresh({ isWished: true });
    // Where the button was; it may be gone, and a disabled one has lost the focus.
    if (document.activeElement === document.body) the(`${block}-title`)?.focus();
    say(deed.done(model));
  } catch (error) {
    say(`${model}: ${whyNot(error)}`);
  } finally {
    button.disabled = false;
  }
}

/** @param {string} model @param {AbortSignal} signal @returns {Promise<boolean>} whether all of it came */
async function pull(model, signal) {
  const progress = new PullProgress();
  const answer = await tell("POST", "/api/pull", { model, stream: true }, { signal });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const lines = new NdjsonReader();
  for (let part = await reader.read(); ; part = await reader.read()) {
    for (const record of part.done ? lines.end() : lines.push(part.value)) {
      const wrong = errorOf(record);
      if (wrong !== null) throw new Error(wrong);
      progress.take(record);
    }
    show(model, progress);
    if (part.done) return progress.isDone;
  }
}

/** @param {string} model @param {PullProgress} progress */
function show(model, progress) {
  const { fraction } = progress;
  the("pull-words").textContent = `${model}: ${progress.words}`;
  if (fraction === null) the("pull-bar").removeAttribute("value");
  else the("pull-bar").value = fraction;
}

/** Leaving ends the pull, so the browser asks. @param {Event} event */
const askBeforeLeaving = (event) => event.preventDefault();

/** @param {string} model */
async function startPull(model) {
  const pulling = new AbortController();
  const button = the("pull-form").querySelector("button");
  button.disabled = true;
  the("pull-progress").hidden = false;
  the("pull-cancel").onclick = () => pulling.abort();
  show(model, new PullProgress());
  addEventListener("beforeunload", askBeforeLeaving);
  say(`Pulling ${model}.`);
  try {
    const isWhole = await pull(model, pulling.signal);
    say(isWhole ? `${model} is installed.` : `${model}: Ollama broke off. Pull it again; it goes on where it stopped.`);
  } catch (error) {
    const isCancelled = /** @type {Error} */ (error).name === "AbortError";
    say(isCancelled ? `The pull of ${model} is cancelled. What has come is kept for another try.` : `${model}: ${whyNot(error)}`);
  } finally {
    removeEventListener("beforeunload", askBeforeLeaving);
  }
  button.disabled = false;
  the("pull-progress").hidden = true;
  the("pull-name").focus();
  await refresh();
}

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest("button[data-act]"));
  if (button?.dataset.act && button.dataset.model) carryOut(button.dataset.act, button.dataset.model, button);
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  if (form.id === "pull-form") {
    startPull(the("pull-name").value.trim());
  } else if (form.dataset.act && form.dataset.model) {
    const { act, model } = form.dataset;
    const typed = /** @type {HTMLInputElement} */ (form.elements.namedItem("typed")).value.trim();
    if (typed === model) carryOut(act, model, button);
    else say(`Nothing is deleted: what you typed is not ${model}.`);
  }
});

async function keepLive() {
  if (!document.hidden) await refresh();
  setTimeout(keepLive, PAUSE_MS);
}

document.documentElement.classList.add("has-script");
setTimeout(keepLive, PAUSE_MS);
