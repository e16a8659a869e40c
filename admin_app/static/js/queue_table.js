// @ts-check
/** The two tables of the live queue. Rows are kept by ticket, so that focus and open explanations survive a redraw. */

import { html } from "/static/chat/js/vendored_ui.js";
import { duration, kind, priority, range, speed, visible } from "./queue_words.js";

const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SHORT_ROWS = 5;

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
    <table id=${id} class="tall">
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
    <th scope="row">${who}</th><td>${kind(row.class)}</td><td>${visible(row.model)}</td><td>${priority(row)}</td>
    <td>${duration(row.running_s)}</td><td>${row.tokens}</td><td>${speed(row.tokens_per_s)}</td>
    ${deeds && html`<td class="actions">${fate ? html`<${Fate} fate=${fate} />` : html`<${AskFirst} who=${who} onYes=${() => deeds.cancel(row, true)} />`}</td>`}
  </tr>`;
}

/** @param {ShownWaiting & {deeds: Deeds | null}} props */
function WaitingRow({ row, fate, deeds }) {
  const who = visible(row.principal);
  return html`<tr class=${fate}>
    <th scope="row">${fate ? "–" : row.position}</th><td>${who}</td><td>${kind(row.class)}</td><td>${visible(row.model)}</td><td>${priority(row)}</td>
    <td>${duration(row.waited_s)}</td><td>${range(row.eta_low_s, row.eta_high_s)}</td>
    ${deeds && html`<td>${!fate && html`<${Why} row=${row} who=${who} deeds=${deeds} />`}</td>
    <td class="actions">${fate ? html`<${Fate} fate=${fate} />` : html`<button type="button" aria-label=${`Bump ${who}`} onClick=${() => deeds.bump(row)}>Bump</button>
      <button type="button" aria-label=${`Cancel ${who}`} onClick=${() => deeds.cancel(row, false)}>Cancel</button>`}</td>`}
  </tr>`;
}

/** @param {{fate: string}} props */
const Fate = ({ fate }) => html`<span class="state">${fate === "ending" ? "being cancelled" : "cancelled"}</span>`;

/** @param {{who: string, onYes: () => void}} props */
function AskFirst({ who, onYes }) {
  return html`<details class="ask"><summary aria-label=${`Cancel ${who} …`}>Cancel …</summary>
    <form onSubmit=${submitted(onYes)}><p>The answer ends where it is, and its slot is free for the next one.</p>
    <button class="danger">Cancel the answer to ${who}</button></form></details>`;
}

/** @param {{row: import("./queue_words.js").Waiting, who: string, deeds: Deeds}} props */
function Why({ row, who, deeds }) {
  const id = `put-${row.ticket}`;
  const put = submitted((form) => deeds.put(row, Number(new FormData(form).get("priority"))));
  return html`<details class="why"><summary aria-label=${`Why is ${who} number ${row.position}?`}>Why?</summary>
    <div class="why-words"><p>${row.why}</p>
    <form class="line" onSubmit=${put}><p><label for=${id}>Put at priority</label>
    <select id=${id} name="priority">${PRIORITIES.map((number) => html`<option value=${number} selected=${number === row.base}>${number}</option>`)}</select></p>
    <button aria-label=${`Put ${who} at this priority`}>Put</button></form></div></details>`;
}

/** @param {(form: HTMLFormElement) => void} what @returns {(event: SubmitEvent) => void} */
export const submitted = (what) => (event) => {
  event.preventDefault();
  what(/** @type {HTMLFormElement} */ (event.target));
};
