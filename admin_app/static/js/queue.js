// @ts-check
/** Keeps the live queue live, and does what its buttons say. */

import { tell } from "/static/chat/js/api.js";
import { html, render } from "/static/chat/js/vendored_ui.js";
import { askQueue, isSignedOut, Trouble, watch } from "./gate_watch.js";
import { Controls, Standing } from "./queue_controls.js";
import { Cancellations } from "./queue_rows.js";
import { RunningTable, WaitingTable } from "./queue_table.js";
import { banner, hasEnded, outcome, runs, visible } from "./queue_words.js";

/** With what an answer takes, nothing shown is older than a second. */
const PAUSE_MS = 500;
const place = /** @type {HTMLElement} */ (document.getElementById("queue-live"));
const said = /** @type {HTMLElement} */ (document.getElementById("queue-said"));
let cancellations = new Cancellations();
/** @type {import("./queue_words.js").Queue | null} */
let queue = null;
/** @type {any} why the gate told nothing the last time */
let trouble = null;
let deedsDone = 0;

/** Shown, and read out by screen readers: what was done and what changed, never every second. @param {any} what @param {boolean} [isWrong] */
function say(what, isWrong = false) {
  render(what, said);
  said.classList.toggle("wrong", isWrong);
}

function draw() {
  const rows = queue ? cancellations.applied(queue, performance.now()) : { waiting: [], running: [] };
  const isOld = trouble !== null;
  // What is from before cannot be steered by.
  const live = queue && html`<fieldset class="plain" disabled=${isOld}><${Controls} queue=${queue} control=${control} resize=${resize} />
    <${RunningTable} shown=${rows.running} deeds=${deeds} /><${WaitingTable} shown=${rows.waiting} deeds=${deeds} /></fieldset>`;
  render(isSignedOut(trouble) ? null : html`<${Standing} queue=${queue} isOld=${isOld} />${live}`, place);
  place.classList.toggle("old", isOld);
}

/** @param {import("./queue_words.js").Queue} next */
function show(next) {
  if (trouble) say(isSignedOut(trouble) ? "You are signed in again." : "The gate answers again.");
  else if (queue && queue.state !== next.state) say(banner(next) || "The gate admits requests again.");
  [queue, trouble] = [next, null];
  draw();
}

/** @param {any} error */
function showTrouble(error) {
  // What was shown is not for whoever sits here now.
  if (isSignedOut(error)) [queue, cancellations] = [null, new Cancellations()];
  // Said once; to say it again would have it read out again.
  if (trouble?.status !== error.status || trouble?.message !== error.message) say(html`<${Trouble} error=${error} atS=${queue?.at} />`, true);
  trouble = error;
  draw();
}

/** @param {Promise<Response>} wish @param {(answer: any) => void} done what to do with the answer */
async function fulfil(wish, done) {
  try {
    const answer = await (await wish).json();
    deedsDone += 1;
    done(answer);
    // Pause, resume, drain and slots answer with the queue; a ticket's own routes with the ticket.
    if (answer.slots) show(answer);
  } catch (error) {
    if (isSignedOut(error)) showTrouble(error);
    else say(/** @type {Error} */ (error).message, true);
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
    void fulfil(tell("DELETE", ticket(row)), ({ state }) => {
      say(outcome("is cancelled", visible(row.principal), state, true));
      if (!hasEnded(state) || state === "cancelled") cancellations.note(row, wasRunning || runs(state), performance.now());
      // Its buttons are gone; whoever pressed one goes on from here.
      said.focus();
    }),
  bump: (row) => void fulfil(tell("POST", `${ticket(row)}/bump`), ({ state }) => say(outcome("is at the front", visible(row.principal), state))),
  put: (row, priority) =>
    void fulfil(tell("POST", `${ticket(row)}/bump`, { priority }), ({ state }) =>
      say(outcome(`has base priority ${priority}`, visible(row.principal), state)),
    ),
};

/** @param {{ticket: string}} row */
const ticket = (row) => `/gate/tickets/${encodeURIComponent(row.ticket)}`;

/** What was asked before a deed and answered after it is from before, and not shown. */
async function ask(/** @type {AbortSignal} */ signal) {
  const begun = deedsDone;
  const next = await askQueue(signal);
  return begun === deedsDone ? next : null;
}

const look = watch(ask, (next) => next && show(next), showTrouble, PAUSE_MS);
