// @ts-check
/** Keeps the overview's figures and its short queue live. */

import { get } from "/static/chat/js/api.js";
import { html, render } from "/static/chat/js/vendored_ui.js";
import { troubleOf, watch } from "./gate_watch.js";
import { Standing } from "./queue_controls.js";
import { RunningTable, WaitingTable } from "./queue_table.js";
import { duration, oldestWait, totalSpeed, visible } from "./queue_words.js";

const QUEUE_MS = 1000;
const UPSTREAM_MS = 5000;
const CONCERNS_MS = 10_000;
const place = /** @type {HTMLElement} */ (document.getElementById("queue-live"));

/** @param {string} id @param {string} text */
function write(id, text) {
  const element = /** @type {HTMLElement} */ (document.getElementById(id));
  // Whoever selects or reads it is not disturbed by what has not changed.
  if (element.textContent !== text) element.textContent = text;
}

/** @param {import("./queue_words.js").Queue} queue */
function showQueue(queue) {
  write("trouble", "");
  write("figure-state", queue.state);
  write("figure-slots", `${queue.slots.used} of ${queue.slots.total}`);
  write("figure-waiting", `${queue.waiting.length}`);
  write("figure-oldest", queue.waiting.length ? duration(oldestWait(queue)) : "–");
  write("figure-speed", totalSpeed(queue).toFixed(1));
  const shown = (/** @type {any[]} */ rows) => rows.map((row) => ({ row, fate: "" }));
  render(html`<${Standing} queue=${queue} /><${RunningTable} shown=${shown(queue.running)} deeds=${null} /><${WaitingTable} shown=${shown(queue.waiting)} deeds=${null} />`, place);
}

/** @param {any} error */
const showTrouble = (error) => {
  write("trouble", troubleOf(error));
  write("figure-state", "unknown");
};

/** @param {AbortSignal} signal @returns {Promise<any>} */
const upstream = async (signal) => (await get("/gate/upstreams", { signal })).upstreams[0];

/** @param {string} words @param {boolean} isWrong */
function writeUpstream(words, isWrong) {
  write("figure-upstream", words);
  document.getElementById("figure-upstream")?.classList.toggle("wrong", isWrong);
}

/** @param {any} one */
function showUpstream({ state, version, since_at }) {
  if (state === "up") writeUpstream(`up, ${version ?? "version unknown"}`, false);
  else writeUpstream(`down for ${duration(Date.now() / 1000 - since_at)}`, true);
}

const concerns = /** @type {HTMLElement} */ (document.getElementById("concern-list"));

/** @param {{sentence: string, path: string, word: string}[]} all */
function showConcerns(all) {
  const line = (/** @type {any} */ one) => html`<li key=${one.sentence}>${visible(one.sentence)}${one.path && html` <a href=${one.path}>${one.word}</a>`}</li>`;
  render(all.length ? html`<ul>${all.map(line)}</ul>` : html`<p>${concerns.dataset.none}</p>`, concerns);
}

watch((signal) => get("/gate/queue", { signal }), showQueue, showTrouble, QUEUE_MS);
watch(upstream, showUpstream, () => writeUpstream("unknown", false), UPSTREAM_MS);
// What was known when the page was made stays while nobody tells anything newer.
watch((signal) => get("/api/admin/concerns", { signal }), showConcerns, () => {}, CONCERNS_MS);
