// @ts-check
/** Keeps the overview's figures and its short queue live. */

import { get } from "/static/chat/js/api.js";
import { html, render } from "/static/chat/js/vendored_ui.js";
import { troubleOf, watch } from "./gate_watch.js";
import { Standing } from "./queue_controls.js";
import { RunningTable, WaitingTable } from "./queue_table.js";
import { duration, oldestWait, totalSpeed } from "./queue_words.js";

const QUEUE_MS = 1000;
const UPSTREAM_MS = 5000;
const DOWN = "does not answer";
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

/** @returns {Promise<string>} */
async function upstream() {
  const { upstreams } = await get("/gate/upstreams");
  return upstreams[0].state === "up" ? `up, ${upstreams[0].version ?? "version unknown"}` : DOWN;
}

watch(() => get("/gate/queue"), showQueue, showTrouble, QUEUE_MS);
/** @param {string} words */
function showUpstream(words) {
  write("figure-upstream", words);
  document.getElementById("figure-upstream")?.classList.toggle("wrong", words === DOWN);
}

watch(upstream, showUpstream, () => showUpstream("unknown"), UPSTREAM_MS);
