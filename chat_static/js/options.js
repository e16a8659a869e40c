// @ts-check
/** System prompt and options of one chat. Empty means: as the model has it. */

import { Dialog } from "./dialog.js";
import { icon } from "./icons.js";
import { html, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

const NUMBERS = /** @type {Record<string, any>} */ ({
  temperature: { min: 0, max: 5, step: "any" },
  top_p: { min: 0, max: 1, step: "any" },
  num_ctx: { min: 1, max: 10_000_000, step: 1 },
  seed: { min: 0, max: 2_147_483_647, step: 1 },
});
/** @typedef {keyof typeof words.option} Name */
const NAMES = /** @type {Name[]} */ (Object.keys(words.option));

/** @param {{app: any, state: import("./state.js").State}} props */
export function OptionsDialog({ app, state }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [changed, setChanged] = useState(/** @type {Set<string>} */ (new Set(Object.keys(state.chat.settings))));
  const onInput = () => setChanged(new Set(Object.keys(settingsIn(form.current))));
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const { think } = state.chat.settings;
    app.chat.setOptions({ ...settingsIn(form.current), ...(think !== undefined && { think }) });
    app.store.set({ dialog: null });
  };
  const reset = () => {
    for (const field of form.current?.querySelectorAll("input, textarea") ?? []) /** @type {HTMLInputElement} */ (field).value = "";
    onInput();
  };
  return html`<${Dialog} app=${app} title=${words.optionsTitle}>
    <form ref=${form} onInput=${onInput} onSubmit=${onSubmit}>
      ${NAMES.map((name) => html`<${Field} key=${name} name=${name} value=${state.chat.settings[name] ?? ""} isChanged=${changed.has(name)} />`)}
      <p class="buttons">
        <button type="submit" class="strong">${words.save}</button>
        <button type="button" onClick=${reset}>${icon("again")} ${words.reset}</button>
      </p>
    </form>
  <//>`;
}

/** @param {{name: Name, value: any, isChanged: boolean}} props */
function Field({ name, value, isChanged }) {
  const [label, hint] = words.option[name];
  const id = `option-${name}`;
  const more = { id, name, defaultValue: value, "aria-describedby": `${id}-hint` };
  const field = name === "system" ? html`<textarea rows="4" ...${more}></textarea>` : html`<input type=${name in NUMBERS ? "number" : "text"} ...${NUMBERS[name]} placeholder=${words.byDefault} ...${more} />`;
  return html`<p class="field">
    <label for=${id}>${label} ${isChanged && html`<span class="badge">${words.changed}</span>`}</label>
    ${field}
    <span class="hint" id=${`${id}-hint`}>${hint}</span>
  </p>`;
}

/** @param {HTMLFormElement | null} form @returns {Record<string, any>} only what differs from the default */
function settingsIn(form) {
  const given = form ? [...new FormData(form).entries()] : [];
  const filled = given.map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value !== "");
  return Object.fromEntries(filled.map(([name, value]) => [name, name in NUMBERS ? Number(value) : value]));
}
