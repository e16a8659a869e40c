// @ts-check
/** The list of chats, the way to a new one, and to one's account. */

import { byDay } from "./format.js";
import { icon } from "./icons.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{app: any, state: import("./state.js").State}} props */
export function Sidebar({ app, state }) {
  const busy = new Set([...state.flights.values()].map((flight) => flight.chatId));
  return html`<aside id="sidebar" aria-label=${words.chats} hidden=${!state.isSidebarOpen}>
    <div class="sidebar-head">
      <button type="button" id="new-chat" onClick=${() => app.startNew()}>${icon("plus")} ${words.newChat}</button>
      <button type="button" class="square quiet" aria-label=${words.searchChats} onClick=${() => app.openDialog("search")}>${icon("search")}</button>
      <button type="button" class="square quiet drawer-only" aria-label=${words.closeSidebar} onClick=${() => app.showSidebar(false)}>${icon("close")}</button>
    </div>
    <nav aria-label=${words.chats}>
      ${state.listIs === "ready" && state.rows.length === 0 && html`<p class="hint">${words.noChats}</p>`}
      ${state.listIs === "failed" && html`<p class="hint">${words.listFailed}</p><button type="button" onClick=${() => app.library.load()}>${words.tryAgain}</button>`}
      ${byDay(state.rows, new Date()).map(
        ({ day, rows }) => html`<section key=${day}>
          <h2>${words.days[day]}</h2>
          <ul>
            ${rows.map((row) => html`<${Row} key=${row.id} app=${app} row=${row} isCurrent=${row.id === state.chat.id} isBusy=${busy.has(row.id)} isRenaming=${state.renaming === row.id} />`)}
          </ul>
        </section>`,
      )}
      ${state.hasMore && html`<button type="button" class="quiet" onClick=${() => app.library.loadMore()}>${words.loadMore}</button>`}
    </nav>
    <p class="sidebar-foot">
      <a id="account-link" href="/account">${state.me?.username ?? words.account}</a>
      ${state.me?.is_admin && html`<a id="admin-link" href=${state.me.admin_url ?? "/admin"}>${words.admin}</a>`}
      <button type="button" class="square quiet" id="more" aria-label=${words.moreTitle} onClick=${() => app.openDialog("more")}>${icon("more")}</button>
    </p>
  </aside>`;
}

/** @param {any} props */
function Row({ app, row, isCurrent, isBusy, isRenaming }) {
  const title = row.title || words.untitled;
  const [isAsked, ask] = useState(false);
  const pen = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (isRenaming) ask(true);
    else if (isAsked) pen.current?.focus();
  }, [isRenaming]);
  if (isRenaming) return html`<li><${NewName} app=${app} row=${row} /></li>`;
  const open = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    app.open(row.id);
  };
  return html`<li class="row">
    <a href=${`/chat?c=${encodeURIComponent(row.id)}`} aria-current=${isCurrent ? "page" : undefined} onClick=${open} title=${title}>${title}${isBusy && html` <span class="badge">${words.isAnswering}</span>`}</a>
    <button type="button" class="square quiet" ref=${pen} aria-label=${words.rename(title)} onClick=${() => app.store.set({ renaming: row.id })}>${icon("pen")}</button>
    <button type="button" class="square quiet" aria-label=${words.remove(title)} onClick=${() => app.remove(row.id)}>${icon("bin")}</button>
  </li>`;
}

/** @param {any} props */
function NewName({ app, row }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.value = row.title;
    field.current.select();
  }, []);
  const keep = () => app.library.rename(row.id, field.current?.value ?? "");
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") keep();
    else if (event.key === "Escape") app.store.set({ renaming: null });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<input aria-label=${words.newName} maxlength="200" ref=${field} onKeyDown=${onKey} onBlur=${keep} />`;
}
