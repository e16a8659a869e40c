// @ts-check
/** The choice of model: those in memory first, with a field to search in. */

import { size } from "./format.js";
import { icon } from "./icons.js";
import { html, useEffect, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, state: import("./state.js").State}} props */
export function Picker({ app, state }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const close = (/** @type {boolean} */ isBack) => {
    setOpen(false);
    if (isBack) /** @type {HTMLElement} */ (box.current?.querySelector("#model")).focus();
  };
  const onFocusOut = (/** @type {FocusEvent} */ event) => {
    if (!box.current?.contains(/** @type {Node | null} */ (event.relatedTarget))) close(false);
  };
  const choose = (/** @type {string} */ name) => {
    app.chooseModel(name);
    close(true);
  };
  const open = () => {
    if (!isOpen) app.loadModels();
    setOpen(!isOpen);
  };
  const name = state.model || (state.modelsAre === "loading" ? words.loadingModels : words.noModel);
  return html`<div class="picker" ref=${box} onFocusOut=${onFocusOut}>
    <button type="button" id="model" aria-haspopup="dialog" aria-expanded=${isOpen ? "true" : "false"} disabled=${state.models.length === 0} onClick=${open}>
      <span class="unseen">${words.model}: </span><span class="name">${name}</span> ${icon("open")}
    </button>
    ${isOpen && html`<${Choices} models=${state.models} chosen=${state.model} choose=${choose} cancel=${() => close(true)} />`}
  </div>`;
}

/** @param {{models: import("./api.js").Model[], chosen: string, choose: (name: string) => void, cancel: () => void}} props */
function Choices({ models, chosen, choose, cancel }) {
  const [filter, setFilter] = useState("");
  const shown = models.filter((model) => model.name.toLowerCase().includes(filter.trim().toLowerCase()));
  const [at, setAt] = useState(Math.max(models.findIndex((model) => model.name === chosen), 0));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const current = shown[Math.min(at, shown.length - 1)];
  useEffect(() => field.current?.focus(), []);
  useEffect(() => document.getElementById(idOf(current))?.scrollIntoView({ block: "nearest" }), [current]);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const last = shown.length - 1;
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last });
    if (event.isComposing) return;
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter") current && choose(current.name);
    else if (event.key in steps) setAt(steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const groups = [
    { name: words.loaded, id: "models-loaded", models: shown.filter((model) => model.isLoaded) },
    { name: words.available, id: "models-available", models: shown.filter((model) => !model.isLoaded) },
  ];
  return html`<div class="choices card" role="dialog" aria-label=${words.chooseModel}>
    <input type="search" role="combobox" aria-label=${words.findModel} placeholder=${words.findModel} aria-expanded="true" aria-controls="models" autocomplete="off"
      aria-activedescendant=${idOf(current)} ref=${field} onInput=${() => (setFilter(field.current?.value ?? ""), setAt(0))} onKeyDown=${onKey} />
    <div id="models" role="listbox" aria-label=${words.model} tabindex="-1">
      ${groups.filter((group) => group.models.length > 0).map(
        (group) => html`<div role="group" aria-labelledby=${group.id} key=${group.id}>
          <p class="hint" id=${group.id} role="presentation">${group.name}</p>
          ${group.models.map((model) => html`<${Choice} key=${model.name} model=${model} isChosen=${model.name === chosen} isCurrent=${model === current} choose=${choose} />`)}
        </div>`,
      )}
    </div>
    ${shown.length === 0 && html`<p class="hint" role="status">${words.noModelFound}</p>`}
  </div>`;
}

/** @param {import("./api.js").Model | undefined} model */
const idOf = (model) => (model ? `model-${model.name.replace(/[^\w-]/g, "_")}` : "");

/** @param {any} props */
function Choice({ model, isChosen, isCurrent, choose }) {
  const able = Object.entries(words.capability).filter(([name]) => model.capabilities?.includes(name));
  const facts = [model.parameters, model.size > 0 && size(model.size)].filter(Boolean).join(" · ");
  // The press would take the focus from the field, and with it close the list before the click arrives.
  return html`<div role="option" class="choice" id=${idOf(model)} aria-selected=${isChosen ? "true" : "false"} data-current=${isCurrent}
    onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => choose(model.name)}>
    <span class="name">${model.name}${isChosen && icon("tick")}</span>
    <span class="facts">${facts} ${able.map(([, name]) => html`<span class="badge">${name}</span> `)}</span>
  </div>`;
}
