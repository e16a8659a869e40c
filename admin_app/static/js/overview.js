// @ts-check
/** Keeps the overview live: its figures and short queue by the gate, the rest by the panel's own server. */

import { get } from "/static/chat/js/api.js";
import { html, render } from "/static/chat/js/vendored_ui.js";
import { askQueue, isSignedOut, Trouble, troubleOf, watch } from "./gate_watch.js";
import { Concerns, Journal } from "./overview_parts.js";
import { Standing } from "./queue_controls.js";
import { SpeedMeter } from "./queue_speed.js";
import { RunningTable, WaitingTable } from "./queue_table.js";
import { duration, oldestWait, speed, timeOfDay } from "./queue_words.js";

const QUEUE_MS = 1000;
const UPSTREAM_MS = 5000;
const PANEL_MS = 10_000;
const FIGURES = ["state", "slots", "waiting", "oldest", "upstream", "speed"].map((name) => `figure-${name}`);

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const meter = new SpeedMeter();
/** @type {import("./queue_words.js").Queue | null} the latest */
let queue = null;
/** @type {import("./overview_parts.js").Panel | null} the latest */
let panel = null;
/** @type {any} why the gate told nothing the last time */
let gateError = null;
let isPanelSilent = false;
/** @type {{state: string, version: string | null, since_at: number} | null} the latest */
let ollama = null;

/** @type {Set<string>} the parts that are drawn here by now */
const drawn = new Set();
/** @param {string} id @param {any} what */
function draw(id, what) {
  // Preact writes beside what the server wrote there.
  if (!drawn.has(id)) part(id).replaceChildren();
  drawn.add(id);
  render(what, part(id));
}

/** @param {string} id @param {string} text @param {boolean} [isWrong] */
function write(id, text, isWrong = false) {
  // Whoever selects or reads it is not disturbed by what has not changed.
  if (part(id).textContent !== text) part(id).textContent = text;
  part(id).classList.toggle("wrong", isWrong);
}

/** @param {import("./queue_words.js").Queue} next */
function showQueue(next) {
  const isNews = gateError !== null || (queue !== null && queue.state !== next.state);
  [queue, gateError] = [next, null];
  meter.note(queue.running, performance.now());
  write("figure-state", queue.state, queue.state !== "open");
  write("figure-slots", `${queue.slots.used} of ${queue.slots.total}`);
  write("figure-waiting", `${queue.waiting.length}`);
  write("figure-oldest", queue.waiting.length ? duration(oldestWait(queue)) : "–");
  write("figure-speed", speed(meter.perSecond));
  drawUpstream();
  drawQueue();
  drawTrouble();
  // A gate that was stopped is something to see to at once; who has signed in again sees all again.
  if (isNews) lookAtPanel();
}

/** @param {any} error */
function showGateTrouble(error) {
  gateError = error;
  if (isSignedOut(error)) clear();
  else write("figure-state", "unknown");
  drawQueue();
  drawTrouble();
}

/** Nothing of it is for whoever sits here now. */
function clear() {
  [queue, panel, ollama] = [null, null, null];
  for (const id of [...FIGURES, "figure-refused-count"]) write(id, "–");
  for (const id of ["concern-list", "journal-live"]) draw(id, null);
  for (const id of ["house", "journal-as-of"]) write(id, "");
}

function drawQueue() {
  const shown = (/** @type {any[]} */ rows) => rows.map((row) => ({ row, fate: "" }));
  const isOld = gateError !== null;
  const tables = queue && html`<${RunningTable} shown=${shown(queue.running)} deeds=${null} /><${WaitingTable} shown=${shown(queue.waiting)} deeds=${null} />`;
  draw("queue-live", isSignedOut(gateError) ? null : html`<${Standing} queue=${queue} isOld=${isOld} />${tables}`);
  for (const id of ["tiles", "queue-live"]) part(id).classList.toggle("old", isOld);
}

function drawTrouble() {
  draw("trouble", gateError && html`<${Trouble} error=${gateError} atS=${queue?.at} />`);
  for (const id of ["concern-list", "journal-live", "figure-refused"]) part(id).classList.toggle("old", isPanelSilent);
  const asOf = timeOfDay(panel?.at ?? Number(part("concern-list").dataset.at));
  const said = gateError ? "" : `The panel's own server does not answer. This page keeps trying; what stands here, at Last requests and as Refused is as of ${asOf}.`;
  write("panel-trouble", isPanelSilent ? said : "", true);
}

/** @param {any} error */
function showPanelTrouble(error) {
  // A refusal is an answer: the session has ended, which the gate tells as well.
  isPanelSilent = !isSignedOut(gateError) && ![401, 403].includes(error.status);
  drawTrouble();
}

/** @param {import("./overview_parts.js").Panel} next */
function showPanel(next) {
  isPanelSilent = false;
  if (!isSignedOut(gateError)) drawPanel(next);
  drawTrouble();
}

/** @param {import("./overview_parts.js").Panel} next */
function drawPanel(next) {
  panel = next;
  const { house, refused, at } = next;
  write("figure-refused-count", `${refused}`);
  write("house", `Sluice ${house.version} · database ${house.database} · ${house.free} free on its disk`);
  write("journal-as-of", `As of ${timeOfDay(at)}.`);
  draw("concern-list", html`<${Concerns} panel=${next} />`);
  draw("journal-live", html`<${Journal} panel=${next} />`);
}

function drawUpstream() {
  if (ollama?.state === "up") write("figure-upstream", `up, ${ollama.version ?? "version unknown"}`);
  // Reckoned by the gate's clock, for the browser's may be off.
  else if (ollama) write("figure-upstream", queue ? `down for ${duration(queue.at - ollama.since_at)}` : "down", true);
}

/** @param {any} one null: nobody could tell */
function showUpstream(one) {
  if (isSignedOut(gateError)) return;
  ollama = one;
  if (one) drawUpstream();
  else write("figure-upstream", "unknown");
}

const upstream = async (/** @type {AbortSignal} */ signal) => (await get("/gate/upstreams", { signal })).upstreams[0];
const lookAtPanel = watch((signal) => get("/api/admin/overview", { signal }), showPanel, showPanelTrouble, PANEL_MS);
watch(askQueue, showQueue, showGateTrouble, QUEUE_MS);
watch(upstream, showUpstream, () => showUpstream(null), UPSTREAM_MS);
