// @ts-check
/** A dialog over the page. The browser keeps the focus inside, and gives it back at the end. */

import { icon } from "./icons.js";
import { html, useLayoutEffect, useRef } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, title: string, children: any, className?: string}} props */
export function Dialog({ app, title, children, className = "" }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const dialog = /** @type {HTMLDialogElement} */ (element.current);
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const close = () => app.store.set({ dialog: null });
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    close();
  };
  // Also told after the dialog is gone from the page, when another may be open already.
  const onClose = () => element.current?.isConnected && close();
  const onClick = (/** @type {MouseEvent} */ event) => event.target === element.current && close();
  return html`<dialog class=${className} aria-labelledby="dialog-title" ref=${element} onCancel=${onCancel} onClose=${onClose} onClick=${onClick}>
    <div class="dialog">
      <div class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="square quiet" aria-label=${words.close} onClick=${close}>${icon("close")}</button>
      </div>
      ${children}
    </div>
  </dialog>`;
}
