// @ts-check
/** The page: the list beside the chat, and what lies over both. */

import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { ProblemCard } from "./message.js";
import { Picker } from "./picker.js";
import { Sidebar } from "./sidebar.js";
import { Transcript } from "./transcript.js";
import { html, useEffect, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** Loaded when first asked for. @type {Record<string, () => Promise<any>>} */
const DIALOGS = {
  search: async () => (await import("./search.js")).SearchDialog,
  options: async () => (await import("./options.js")).OptionsDialog,
  keys: async () => (await import("./keys.js")).KeysDialog,
  more: async () => (await import("./more.js")).MoreDialog,
};

/** @param {{app: any, state: import("./state.js").State}} props */
export function App({ app, state }) {
  const isCovered = state.isSidebarOpen && app.isNarrow();
  return html`
    <${Sidebar} app=${app} state=${state} />
    ${state.isSidebarOpen && html`<div class="backdrop" onClick=${() => app.showSidebar(false)}></div>`}
    <div class="page" inert=${isCovered}>
      <${Header} app=${app} state=${state} />
      <main onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()} onDrop=${(/** @type {DragEvent} */ event) => app.takePictures(event.dataTransfer, event)}>
        <${Transcript} app=${app} state=${state} />
      </main>
      <footer>
        ${!state.isOnline && html`<p class="banner" role="status">${words.offline}</p>`}
        ${state.isUnsaved && state.isOnline && html`<p class="banner" role="status">${words.unsaved}</p>`}
        ${state.problem && html`<div id="problem"><${ProblemCard} problem=${state.problem} /><button type="button" class="square quiet" aria-label=${words.dismiss} onClick=${() => app.store.set({ problem: null })}>${icon("close")}</button></div>`}
        <${Composer} app=${app} state=${state} />
      </footer>
    </div>
    <${Notice} app=${app} notice=${state.notice} />
    ${state.dialog && html`<${Lazy} key=${state.dialog} load=${DIALOGS[state.dialog]} app=${app} state=${state} />`}`;
}

/** @param {{app: any, state: import("./state.js").State}} props */
function Header({ app, state }) {
  const { title, settings } = state.chat;
  const changed = Object.keys(settings).length;
  const optionsName = changed > 0 ? words.optionsChanged(changed) : words.options;
  return html`<header>
    <button type="button" class="square quiet" id="bars" aria-label=${words.showSidebar} aria-expanded=${state.isSidebarOpen ? "true" : "false"} aria-controls="sidebar" onClick=${() => app.showSidebar(!state.isSidebarOpen)}>${icon("bars")}</button>
    <${Picker} app=${app} state=${state} />
    <h1>${title || words.newChat}</h1>
    <button type="button" class="quiet" id="options" aria-label=${optionsName} onClick=${() => app.openDialog("options")}>${icon("sliders")}<span class="wide-only" aria-hidden="true"> ${words.options}</span>${changed > 0 && html`<span class="badge" aria-hidden="true">${changed}</span>`}</button>
    <button type="button" class="square quiet" aria-label=${words.newChat} onClick=${() => app.startNew()}>${icon("plus")}</button>
  </header>`;
}

/** @param {{app: any, notice: import("./state.js").State["notice"]}} props */
function Notice({ app, notice }) {
  return html`<div class="notice-place" role="status">
    ${notice &&
    html`<p class="notice card">
      <span>${notice.sentence}</span>
      ${notice.onUndo && html`<button type="button" onClick=${notice.onUndo}>${words.undo}</button>`}
      <button type="button" class="square quiet" aria-label=${words.dismiss} onClick=${() => app.store.set({ notice: null })}>${icon("close")}</button>
    </p>`}
  </div>`;
}

/** @param {{load: () => Promise<any>, app: any, state: any}} props */
function Lazy({ load, app, state }) {
  const [View, show] = useState(/** @type {any} */ (null));
  useEffect(() => {
    load().then((view) => show(() => view), () => app.lazyFailed());
  }, [load]);
  return View && html`<${View} app=${app} state=${state} />`;
}
