// @ts-check
/** The list of shortcuts. */

import { Dialog } from "./dialog.js";
import { spoken } from "./shortcuts.js";
import { html } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any}} props */
export function KeysDialog({ app }) {
  return html`<${Dialog} app=${app} title=${words.keysTitle}>
    <table class="keys">
      <tbody>
        ${spoken(app.isMac).map(({ name, keys }) => html`<tr key=${name}><th scope="row">${words.keys[name]}</th><td>${keys.map((key) => html`<kbd>${key}</kbd> `)}</td></tr>`)}
      </tbody>
    </table>
  <//>`;
}
