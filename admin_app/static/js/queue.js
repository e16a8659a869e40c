// @ts-check
/** Keeps the queue table live: one question a second, none while the tab is hidden. */

import { runningRow, statusLine, waitingRow } from "./queue_rows.js";

const PAUSE_MS = 1000;
const status = /** @type {HTMLElement} */ (document.getElementById("queue-status"));

/** @param {string} id @param {string[][]} rows */
function fill(id, rows) {
  const body = /** @type {HTMLElement} */ (document.getElementById(id));
  body.replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement("tr");
      for (const text of cells) row.insertCell().textContent = text;
      return row;
    }),
  );
}

/** @param {string} sentence */
function say(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

async function refresh() {
  const answer = await fetch("/gate/queue");
  if (!answer.ok) {
    say(answer.status === 401 ? "Your session has ended. Sign in again." : "The gate did not show its queue.");
    return;
  }
  const queue = await answer.json();
  fill("queue-running", queue.running.map(runningRow));
  fill("queue-waiting", queue.waiting.map(waitingRow));
  say(statusLine(queue));
}

async function keepLive() {
  if (!document.hidden) {
    await refresh().catch(() => say("The gate cannot be reached. This page keeps trying."));
  }
  setTimeout(keepLive, PAUSE_MS);
}

keepLive();
