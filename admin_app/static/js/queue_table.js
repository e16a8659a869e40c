// @ts-check
/** The two tables of the live queue. Rows are kept by ticket, so that focus and open explanations survive a redraw. */

import { html, useState } from "/static/chat/js/vendored_ui.js";
import { duration, kind, priority, range, speed, visible } from "./queue_words.js";

const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SHORT_ROWS = 5;
const WAITING_COLUMNS = 9;

/** @typedef {{cancel: (row: any, wasRunning: boolean) => void, bump: (row: any) => void, put: (row: any, priority: number) => void}} Deeds */
/** @typedef {import("./queue_rows.js").Shown<import("./queue_words.js").Waiting>} ShownWaiting */
/** @typedef {import("./queue_rows.js").Shown<import("./queue_words.js").Running>} ShownRunning */

/** @param {{shown: ShownRunning[], deeds: Deeds | null}} props without deeds: to look at */
export function RunningTable({ shown, deeds }) {
  return html`<${Table} id="queue-running" title="Running" isEmpty=${shown.length === 0} empty="Nothing runs."
    heads=${["Who", "Class", "Model", "Priority", "Runs for", "Tokens", "Tokens/s"]} hasDeeds=${deeds !== null}>
    ${shown.map((one) => html`<${RunningRow} key=${one.row.ticket} ...${one} deeds=${deeds} />`)}
  <//>`;
}

/** @param {{shown: ShownWaiting[], deeds: Deeds | null}} props */
export function WaitingTable({ shown, deeds }) {
  const rows = deeds ? shown : shown.slice(0, SHORT_ROWS);
  return html`<${Table} id="queue-waiting" title="Waiting, the next one first" isEmpty=${shown.length === 0} empty="Nobody waits."
    heads=${["Place", "Who", "Class", "Model", "Priority", "Waited", "Still", ...(deeds ? ["Why here"] : [])]} hasDeeds=${deeds !== null}>
    ${rows.map((one) => html`<${WaitingRow} key=${one.row.ticket} ...${one} deeds=${deeds} />`)}
  <//>
  ${shown.length > rows.length && html`<p><a href="/admin/queue">${shown.length - rows.length} more wait.</a></p>`}`;
}

/** @param {any} props */
function Table({ id, title, isEmpty, empty, heads, hasDeeds, children }) {
  if (isEmpty) return html`<p id=${id} class="soft">${empty}</p>`;
  return html`<div class="wide" tabindex="0" role="group" aria-label=${title}>
    <table id=${id} class="tall cards">
      <caption><span>${title}</span></caption>
      <thead><tr>${heads.map((/** @type {string} */ head) => html`<th scope="col">${head}</th>`)}${hasDeeds && html`<th scope="col">Actions</th>`}</tr></thead>
      <tbody>${children}</tbody>
    </table>
  </div>`;
}

/** @param {ShownRunning & {deeds: Deeds | null}} props */
function RunningRow({ row, fate, deeds }) {
  const who = visible(row.principal);
  return html`<tr class=${fate}>
    <th scope="row">${who}</th><td data-label="Class">${kind(row.class)}</td><td data-label="Model">${visible(row.model)}</td><td data-label="Priority">${priority(row)}</td>
    <td data-label="Runs for">${duration(row.running_s)}</td><td data-label="Tokens">${row.tokens}</td><td data-label="Tokens/s">${speed(row.tokens_per_s)}</td>
    ${deeds && html`<td class="actions">${fate ? html`<${Fate} fate=${fate} />` : html`<${AskFirst} who=${who} consequence="The answer ends where it is, and its slot is free for the next one." verb="Cancel the answer to" onYes=${() => deeds.cancel(row, true)} />`}</td>`}
  </tr>`;
}

/** @param {ShownWaiting & {deeds: Deeds | null}} props */
function WaitingRow({ row, fate, deeds }) {
  const [isAsked, setAsked] = useState(false);
  const who = visible(row.principal);
  const which = `${who}, place ${row.position}`;
  return html`<tr class=${fate}>
    <th scope="row">${fate ? "–" : row.position}</th><td data-label="Who">${who}</td><td data-label="Class">${kind(row.class)}</td><td data-label="Model">${visible(row.model)}</td>
    <td data-label="Priority">${priority(row)}${row.bumped && html` <span class="soft">(bumped)</span>`}</td>
    <td data-label="Waited">${duration(row.waited_s)}</td><td data-label="Still">${range(row.eta_low_s, row.eta_high_s)}</td>
    ${deeds && html`<td class="actions">${!fate && html`<button type="button" aria-expanded=${isAsked} aria-label=${`Why is ${who} number ${row.position}?`} onClick=${() => setAsked(!isAsked)}>Why?</button>`}</td>
    <td class="actions">${fate ? html`<${Fate} fate=${fate} />` : html`<button type="button" aria-label=${`Bump ${which}`} onClick=${() => deeds.bump(row)}>Bump</button>
      <${Put} row=${row} which=${which} put=${deeds.put} />
      <${AskFirst} who=${which} consequence="It loses its place and is told that it was cancelled." verb="Cancel the request of" onYes=${() => deeds.cancel(row, false)} />`}</td>`}
  </tr>
  ${deeds && isAsked && !fate && html`<tr class="why"><td colspan=${WAITING_COLUMNS}><p>${row.why}</p></td></tr>`}`;
}

/** @param {{fate: string}} props */
const Fate = ({ fate }) => html`<span class="state">${fate === "ending" ? "being cancelled" : "cancelled"}</span>`;

/** Rows move; what is asked for by mistake must not be done. @param {{who: string, consequence: string, verb: string, onYes: () => void}} props */
function AskFirst({ who, consequence, verb, onYes }) {
  return html`<details class="ask"><summary aria-label=${`Cancel ${who} …`}>Cancel …</summary>
    <form onSubmit=${submitted(onYes)}><p>${consequence}</p>
    <button class="danger">${verb} ${who}</button></form></details>`;
}

/** Another base priority for one that waits. @param {{row: import("./queue_words.js").Waiting, which: string, put: Deeds["put"]}} props */
function Put({ row, which, put }) {
  const id = `put-${row.ticket}`;
  const onSubmit = submitted((form) => put(row, Number(new FormData(form).get("priority"))));
  return html`<details class="put"><summary aria-label=${`Put ${which} at another priority …`}>Priority …</summary>
    <form onSubmit=${onSubmit}><label for=${id}>Put at priority</label>
    <span class="pair"><select id=${id} name="priority">${PRIORITIES.map((number) => html`<option value=${number} selected=${number === row.base}>${number}</option>`)}</select>
    <button aria-label=${`Put ${which} at this priority`}>Put</button></span></form></details>`;
}

/** @param {(form: HTMLFormElement) => void} what @returns {(event: SubmitEvent) => void} */
export const submitted = (what) => (event) => {
  event.preventDefault();
  what(/** @type {HTMLFormElement} */ (event.target));
};
