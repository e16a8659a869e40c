// @ts-check
/** The message field and its one button, which sends or stops. The field is the browser's; we only read it. */

import { icon } from "./icons.js";
import { pictureUrl } from "./picture_url.js";
import { sees, thinks } from "./question.js";
import { chosenModel, currentFlight } from "./state.js";
import { pathTo } from "./tree.js";
import { html, useLayoutEffect, useRef } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, state: import("./state.js").State}} props */
export function Composer({ app, state }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const model = chosenModel(state);
  const isAnswering = currentFlight(state) !== undefined;

  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.value = state.given.text;
    app.focusComposer();
  }, [state.given]);

  const send = () => {
    const { current } = field;
    if (!current || !app.chat.send(current.value)) return;
    current.value = "";
    current.focus();
  };
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isAnswering) return send();
    app.chat.stop();
    app.focusComposer();
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    // While an input method composes a letter, Enter belongs to it (keyCode 229 in Safari).
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowUp" && field.current?.value === "") return app.editLast(event);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };

  return html`<form id="composer" onSubmit=${onSubmit}>
    <${Pictures} app=${app} state=${state} />
    <label class="unseen" for="prompt">${words.yourMessage}</label>
    <textarea id="prompt" rows="2" aria-describedby="prompt-hint" placeholder=${words.askSomething} ref=${field}
      onKeyDown=${onKey} onInput=${() => app.chat.typed(field.current?.value ?? "")} onPaste=${(/** @type {ClipboardEvent} */ event) => app.takePictures(event.clipboardData, event)}></textarea>
    <div class="tools">
      ${model && sees(model.capabilities) && model.capabilities && html`<${AddPictures} app=${app} />`}
      ${model && thinks(model.capabilities) && html`<${Think} app=${app} state=${state} />`}
      <p id="prompt-hint" class="hint">${words.hint}</p>
      <button id="send" type="submit" class="strong" disabled=${!isAnswering && !model}>${icon(isAnswering ? "stop" : "send")} ${isAnswering ? words.stop : words.send}</button>
    </div>
  </form>`;
}

/** @param {{app: any, state: import("./state.js").State}} props */
function Pictures({ app, state }) {
  const model = chosenModel(state);
  const hasEarlier = pathTo(state.chat.messages, state.chat.leafId).some((message) => message.images.length > 0);
  const isBlind = model && !sees(model.capabilities) && (hasEarlier || state.pictures.length > 0);
  const remove = (/** @type {string} */ id) => {
    app.store.set({ pictures: app.store.state.pictures.filter((/** @type {any} */ picture) => picture.id !== id) });
    app.focusComposer();
  };
  return html`
    ${isBlind && html`<p class="hint">${words.noVision(model.name)}</p>`}
    ${state.pictures.length > 0 &&
    html`<ul class="pictures" aria-label=${words.capability.vision}>
      ${state.pictures.map(
        ({ id, name, base64 }) => html`<li key=${id}>
          <img src=${pictureUrl(base64)} alt=${name} />
          <button type="button" class="square" aria-label=${words.removePicture(name)} onClick=${() => remove(id)}>${icon("close")}</button>
        </li>`,
      )}
    </ul>`}`;
}

/** @param {{app: any}} props */
function AddPictures({ app }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const onChange = () => {
    const { current } = input;
    app.takePictures({ files: current?.files });
    if (current) current.value = "";
  };
  return html`<button type="button" class="quiet square" aria-label=${words.addPicture} title=${words.pictureLimit} onClick=${() => input.current?.click()}>${icon("picture")}</button>
    <input class="unseen" type="file" accept="image/*" multiple tabindex="-1" aria-label=${words.addPicture} ref=${input} onChange=${onChange} />`;
}

/** @param {{app: any, state: import("./state.js").State}} props */
function Think({ app, state }) {
  const { settings } = state.chat;
  const isOn = settings.think ?? true;
  const toggle = () => {
    const { think: _, ...others } = settings;
    app.chat.setOptions(isOn ? { ...others, think: false } : others);
  };
  return html`<button type="button" class="toggle" aria-pressed=${isOn ? "true" : "false"} onClick=${toggle}>${words.think}</button>`;
}
