// @ts-check
/** A question being edited: sent again it becomes a branch, and the earlier one stays. */

import { html, useLayoutEffect, useRef } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, message: import("./tree.js").Message}} props */
export function QuestionEditor({ app, message }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.value = message.content;
    current.focus();
    current.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const cancel = () => {
    app.store.set({ editing: null });
    app.focusComposer();
  };
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    app.chat.edit(message.id, field.current?.value ?? "");
    app.focusComposer();
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter" && !event.shiftKey) send(event);
    else return;
    event.stopPropagation();
  };
  return html`<form class="editor" onSubmit=${send}>
    <textarea aria-label=${words.editMessage} ref=${field} rows="3" onKeyDown=${onKey}></textarea>
    <p class="buttons">
      <button type="submit" class="strong">${words.saveEdit}</button>
      <button type="button" onClick=${cancel}>${words.cancel}</button>
    </p>
  </form>`;
}
