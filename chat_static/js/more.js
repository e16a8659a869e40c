// @ts-check
/** What is needed now and then: theme, notification, export, import, shortcuts. */

import { read, exportAll } from "./conversations.js";
import { Dialog } from "./dialog.js";
import { download, fileName, markdownOf, oneDocument } from "./export.js";
import { canNotify, isNotifying, startNotifying, stopNotifying } from "./notify.js";
import { problemOf } from "./problems.js";
import { chooseTheme, THEMES, themeOf } from "./theme.js";
import { html, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, state: import("./state.js").State}} props */
export function MoreDialog({ app, state }) {
  return html`<${Dialog} app=${app} title=${words.moreTitle}>
    <${Theme} />
    ${canNotify() && html`<${Notify} />`}
    ${!state.chat.isNew && html`<${Export} app=${app} title=${words.exportOne} load=${async () => [await read(state.chat.id)]} name=${state.chat.title} />`}
    <${Export} app=${app} title=${words.exportAll} load=${async () => (await exportAll()).conversations} name=${words.chats} />
    <${Import} app=${app} />
    <p class="buttons"><button type="button" onClick=${() => app.openDialog("keys")}>${words.keyboardList}</button></p>
  <//>`;
}

function Theme() {
  const [theme, setTheme] = useState(themeOf());
  const choose = (/** @type {typeof THEMES[number]} */ name) => (chooseTheme(name), setTheme(name));
  return html`<fieldset>
    <legend>${words.theme}</legend>
    ${THEMES.map((name) => html`<label key=${name}><input type="radio" name="theme" checked=${theme === name} onChange=${() => choose(name)} /> ${words.themes[name]}</label>`)}
  </fieldset>`;
}

function Notify() {
  const [isOn, setOn] = useState(isNotifying());
  const toggle = async () => {
    if (isOn) stopNotifying();
    setOn(!isOn && (await startNotifying()));
  };
  return html`<p class="field"><label><input type="checkbox" checked=${isOn} onChange=${toggle} /> ${words.notifyLabel}</label></p>`;
}

/** @param {{app: any, title: string, name: string, load: () => Promise<any[]>}} props */
function Export({ app, title, name, load }) {
  const save = async (/** @type {"md" | "json"} */ ending) => {
    try {
      const chats = await load();
      const text = ending === "md" ? chats.map(markdownOf).join("\n---\n\n") : JSON.stringify(oneDocument(chats), null, 1);
      download(fileName(name, ending), text, ending === "md" ? "text/markdown" : "application/json");
    } catch (error) {
      app.store.set({ problem: problemOf(error), dialog: null });
    }
  };
  return html`<fieldset>
    <legend>${title}</legend>
    <button type="button" onClick=${() => save("md")}>${words.asMarkdown}</button>
    <button type="button" onClick=${() => save("json")}>${words.asJson}</button>
  </fieldset>`;
}

/** @param {{app: any}} props */
function Import({ app }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const take = async () => {
    const file = input.current?.files?.[0];
    if (!file) return;
    app.store.set({ dialog: null });
    const document = await file.text().then(JSON.parse).catch(() => null);
    if (document?.conversations || document?.messages) await app.library.import(document);
    else app.store.set({ problem: { sentence: words.notAnExport, reason: "", advice: "", isSignIn: false } });
  };
  return html`<p class="field"><label for="import">${words.importChats}</label><input id="import" type="file" accept="application/json,.json" ref=${input} onChange=${take} /></p>`;
}
