// @ts-check
/** Keeps the live queue live, and does what its buttons say. */

import { get, tell } from "/static/chat/js/api.js";
import { html, render } from "/static/chat/js/vendored_ui.js";
import { troubleOf, watch } from "./gate_watch.js";
import { Controls, Standing } from "./queue_controls.js";
import { Cancellations } from "./queue_rows.js";
import { RunningTable, WaitingTable } from "./queue_table.js";
import { banner, visible } from "./queue_words.js";

/** With what an answer takes, nothing shown is older than a second. */
const PAUSE_MS = 500;
const place = /** @type {HTMLElement} */ (document.getElementById("queue-live"));
const said = /** @type {HTMLElement} */ (document.getElementById("queue-said"));
const cancellations = new Cancellations();
/** @type {import("./queue_words.js").Queue | null} */
let queue = null;
let trouble = "";
let deedsDone = 0;

/** Shown, and read out by screen readers: what was done and what changed, never every second. @param {string} sentence @param {boolean} [isWrong] */
function say(sentence, isWrong = false) {
  said.textContent = sentence;
  said.classList.toggle("wrong", isWrong);
}

function draw() {
  const rows = queue ? cancellations.applied(queue, performance.now()) : { waiting: [], running: [] };
  render(
    html`<${Standing} queue=${queue} />
      ${queue && html`<${Controls} queue=${queue} control=${control} resize=${resize} />`}
      ${queue && html`<${RunningTable} shown=${rows.running} deeds=${deeds} /><${WaitingTable} shown=${rows.waiting} deeds=${deeds} />`}`,
    place,
  );
}

/** @param {import("./queue_words.js").Queue} next */
function show(next) {
  if (trouble) say("The gate answers again.");
  else if (queue && queue.state !== next.state) say(banner(next, Date.now() / 1000) || "The gate admits requests again.");
  [queue, trouble] = [next, ""];
  draw();
}

/** @param {any} error */
function showTrouble(error) {
  const sentence = troubleOf(error);
  if (said.textContent !== sentence) say(sentence, true);
  trouble = sentence;
  draw();
}

/** @param {Promise<Response>} wish @param {() => void} done what to do once it is fulfilled */
async function fulfil(wish, done) {
  try {
    const answer = await wish;
    deedsDone += 1;
    done();
    // Pause, resume, drain and slots answer with the queue; a ticket's own routes with the ticket.
    const next = await answer.json();
    if (next.slots) show(next);
  } catch (error) {
    say(/** @type {Error} */ (error).message, true);
  }
  draw();
  look();
}

/** @param {string} wish the new state is said when it is seen, as if somebody else had wished it */
const control = (wish) => fulfil(tell("POST", `/gate/${wish}`), () => say(""));

/** @param {number} slots */
const resize = (slots) =>
  fulfil(tell("PUT", "/gate/slots", { slots }), () => say(`${slots} at a time from now on. Fewer than before take effect as running requests end.`));

/** @type {import("./queue_table.js").Deeds} */
const deeds = {
  cancel: (row, wasRunning) =>
    void fulfil(tell("DELETE", ticket(row)), () => {
      say(`The request of ${visible(row.principal)} is cancelled.`);
      cancellations.note(row, wasRunning, performance.now());
      // Its buttons are gone; whoever pressed one goes on from here.
      said.focus();
    }),
  bump: (row) => void fulfil(tell("POST", `${ticket(row)}/bump`), () => say(`The request of ${visible(row.principal)} is at the front.`)),
  put: (row, priority) =>
    void fulfil(tell("POST", `${ticket(row)}/bump`, { priority }), () => say(`The request of ${visible(row.principal)} has base priority ${priority}.`)),
};

/** @param {{ticket: string}} row */
const ticket = (row) => `/gate/tickets/${encodeURIComponent(row.ticket)}`;

/** What was asked before a deed and answered after it is from before, and not shown. */
async function ask(/** @type {AbortSignal} */ signal) {
  const begun = deedsDone;
  const next = await get("/gate/queue", { signal });
  return begun === deedsDone ? next : null;
}

const look = watch(ask, (next) => next && show(next), showTrouble, PAUSE_MS);
