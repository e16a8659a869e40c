// @ts-check
/** Search in titles and messages of one's chats; without words, the recent ones. */

import { search } from "./conversations.js";
import { Dialog } from "./dialog.js";
import { pause } from "./pause.js";
import { html, useEffect, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

const TYPING_MS = 150;
const RECENT = 8;

/** @param {{app: any, state: import("./state.js").State}} props */
export function SearchDialog({ app, state }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState(/** @type {any[] | null} */ (null));
  const [at, setAt] = useState(0);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const stop = new AbortController();
    if (text.trim() === "") setFound(null);
    else look(text, stop.signal).then((rows) => !stop.signal.aborted && (setFound(rows), setAt(0)));
    return () => stop.abort();
  }, [text]);
  const rows = found ?? state.rows.slice(0, RECENT);
  const open = (/** @type {any} */ row) => {
    app.store.set({ dialog: null });
    app.open(row.id);
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, rows.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && rows[at]) open(rows[at]);
    else return;
    event.preventDefault();
  };
  const sentence = found === null ? words.recent : rows.length > 0 ? words.found(rows.length) : words.nothingFound;
  return html`<${Dialog} app=${app} title=${words.searchTitle} className="search">
    <input type="text" inputmode="search" id="search" role="combobox" aria-expanded="true" aria-controls="found" aria-activedescendant=${rows[at] ? `found-${at}` : ""} autocomplete="off"
      aria-label=${words.searchHint} placeholder=${words.searchHint} ref=${field} onInput=${() => setText(field.current?.value ?? "")} onKeyDown=${onKey} />
    <p class="hint" role="status">${sentence}</p>
    <div id="found" role="listbox" aria-label=${words.chats} tabindex="-1">
      ${rows.map(
        (row, index) => html`<div role="option" class="choice" id=${`found-${index}`} key=${row.id} aria-selected=${index === at ? "true" : "false"} data-current=${index === at} onClick=${() => open(row)}>
          <span class="name">${row.title || words.untitled}</span>
          ${row.snippet && html`<span class="facts">${marked(row.snippet)}</span>`}
        </div>`,
      )}
    </div>
  <//>`;
}

/** @param {string} text @param {AbortSignal} signal */
async function look(text, signal) {
  await pause(TYPING_MS, signal);
  if (signal.aborted) return [];
  return search(text, signal).then(({ conversations }) => conversations, () => []);
}

/** @param {string} snippet matches stand between two private letters @returns {any[]} */
function marked(snippet) {
  return snippet.split(/(\uE000[^\uE001]*\uE001)/).map((part) => (part.startsWith("\uE000") ? html`<mark>${part.slice(1, -1)}</mark>` : part));
}
