// @ts-check
/** The administrator's hand on the gate: pause, drain, resume, and how many run at once. */

import { html } from "/static/chat/js/vendored_ui.js";
import { submitted } from "./queue_table.js";
import { banner, statusLine, timeOfDay } from "./queue_words.js";

/** @typedef {import("./queue_words.js").Queue} Queue */

/** @param {{queue: Queue | null, isOld: boolean}} props old is what the gate said before it fell silent */
export function Standing({ queue, isOld }) {
  const stopped = queue && banner(queue);
  const line = queue && (isOld ? `At ${timeOfDay(queue.at)}: ${statusLine(queue)}` : statusLine(queue));
  return html`${stopped && html`<p id="queue-banner" class="note">${stopped}</p>`}
    <p id="queue-status">${line || "Waiting for the gate…"}</p>`;
}

/** @param {{queue: Queue, control: (wish: string) => void, resize: (slots: number) => void}} props */
export function Controls({ queue, control, resize }) {
  const { state, slots } = queue;
  return html`<div class="line controls">
    ${state !== "open" && html`<button key="resume" type="button" onClick=${() => control("resume")}>Resume</button>`}
    ${state === "open" && html`<button key="pause" type="button" onClick=${() => control("pause")}>Pause</button>`}
    ${state !== "draining" && html`<${Drain} key="drain" onYes=${() => control("drain")} />`}
    <form key="slots" class="line" onSubmit=${submitted((form) => resize(Number(new FormData(form).get("slots"))))}>
      <p><label for="slots">Slots</label><input id="slots" name="slots" type="number" required min="1" max="1024" step="1" defaultValue=${slots.total} /></p>
      <button>Set</button>
    </form>
  </div>`;
}

/** @param {{onYes: () => void}} props */
function Drain({ onYes }) {
  return html`<details class="ask"><summary>Drain …</summary>
    <form onSubmit=${submitted(onYes)}><p>Everybody who waits or comes is refused with 503; what runs may finish. Resume undoes it.</p>
    <button class="danger">Drain the gate</button></form></details>`;
}
