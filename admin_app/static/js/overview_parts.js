// @ts-check
/** What the overview shows beside the queue: what to see to, and the last requests, as the server draws them too. */

import { html } from "/static/chat/js/vendored_ui.js";
import { ago, kind, visible } from "./queue_words.js";

/** @typedef {{sentence: string, path: string, word: string}} Concern */
/** @typedef {{ticket: string, principal: string, class: string, model: string, arrived_at: number, waited_s: number, ran_s: number, tokens_in: number, tokens_out: number, status: number | null, state: string}} Finished */
/** @typedef {{at: number, concerns: Concern[], remark: string, refused: number, house: {version: string, database: string, free: string}, journal: Finished[]}} Panel */

/** @param {{panel: Panel}} props */
export function Concerns({ panel }) {
  const line = (/** @type {Concern} */ one) => html`<li>${visible(one.sentence)}${one.path && html` <a href=${one.path}>${one.word}</a>`}</li>`;
  return html`${panel.concerns.length > 0 && html`<ul>${panel.concerns.map(line)}</ul>`}${panel.remark && html`<p>${panel.remark}</p>`}`;
}

/** @param {{panel: Panel}} props */
export function Journal({ panel }) {
  if (panel.journal.length === 0) return html`<p>No request has finished yet. Each one will be listed here with its wait, its time and its tokens.</p>`;
  const heads = ["Arrived", "Who", "Class", "Model"].map((head) => html`<th scope="col">${head}</th>`);
  const figures = ["Waited", "Ran", "Tokens in", "Tokens out", "Status"].map((head) => html`<th scope="col" class="number">${head}</th>`);
  return html`<div class="wide" tabindex="0" role="group" aria-labelledby="journal-title">
    <table id="journal-table" class="cards">
      <caption><span>${panel.journal.length === 1 ? "The only finished request" : `The last ${panel.journal.length} finished requests`}</span></caption>
      <thead><tr>${heads}${figures}<th scope="col">State</th></tr></thead>
      <tbody>${panel.journal.map((row) => html`<${Row} key=${`${row.ticket} ${row.arrived_at}`} row=${row} at=${panel.at} />`)}</tbody>
    </table>
  </div>`;
}

/** @param {{row: Finished, at: number}} props */
function Row({ row, at }) {
  const arrived = new Date(row.arrived_at * 1000);
  return html`<tr>
    <td data-label="Arrived"><time datetime=${arrived.toISOString()} title=${`${arrived.toISOString().slice(0, 16).replace("T", " ")} UTC`}>${ago(at - row.arrived_at)}</time></td><th scope="row">${visible(row.principal)}</th>
    <td data-label="Class">${kind(row.class)}</td><td data-label="Model">${visible(row.model)}</td>
    <td data-label="Waited" class="number">${row.waited_s.toFixed(1)} s</td><td data-label="Ran" class="number">${row.ran_s.toFixed(1)} s</td>
    <td data-label="Tokens in" class="number">${row.tokens_in}</td><td data-label="Tokens out" class="number">${row.tokens_out}</td>
    <td data-label="Status" class="number">${row.status || "–"}</td><td data-label="State">${row.state}</td>
  </tr>`;
}
