// @ts-check
/** What people do with the list of their chats. */

import { change, importAll, list, remove, restore } from "./conversations.js";
import { problemOf } from "./problems.js";
import { words } from "./words.js";

/** Long enough to find the button by keyboard or with a screen reader. */
const UNDO_MS = 20_000;

export class Library {
  #timer = 0;

  /**
   * @param {import("./store.js").Store<import("./state.js").State>} store
   * @param {import("./keeper.js").Keeper} keeper
   */
  constructor(store, keeper) {
    this.store = store;
    this.keeper = keeper;
  }

  /** The latest, together with older ones that are shown already. */
  async load() {
    try {
      const { conversations, more } = await list();
      const oldest = conversations.at(-1)?.updated_at ?? 0;
      const known = new Set(conversations.map((row) => row.id));
      const older = more ? this.store.state.rows.filter((row) => row.updated_at < oldest && !known.has(row.id)) : [];
      this.store.set({ rows: [...conversations, ...older], hasMore: older.length > 0 ? this.store.state.hasMore : more, listIs: "ready" });
    } catch (error) {
      this.store.set({ listIs: this.store.state.rows.length > 0 ? "ready" : "failed" });
      const problem = problemOf(error);
      if (problem.isSignIn) this.store.set({ problem });
    }
  }

  async loadMore() {
    const { rows } = this.store.state;
    try {
      const { conversations, more } = await list(rows.at(-1)?.updated_at);
      this.store.set({ rows: [...rows, ...conversations], hasMore: more });
    } catch (error) {
      this.store.set({ problem: problemOf(error) });
    }
  }

  /** @param {import("./state.js").Chat} chat has just been written to */
  touch(chat) {
    const now = Date.now() / 1000;
    const { rows, model } = this.store.state;
    const row = { created_at: now, ...rows.find((each) => each.id === chat.id), id: chat.id, title: chat.title, model, updated_at: now };
    this.store.set({ rows: [row, ...rows.filter((each) => each.id !== chat.id)] });
  }

  /** @param {string} id @param {string} title */
  rename(id, title) {
    this.store.set({ renaming: null });
    const name = title.trim().slice(0, 200);
    const { rows, chat } = this.store.state;
    if (name === "") return;
    this.store.set({ rows: rows.map((row) => (row.id === id ? { ...row, title: name } : row)), ...(chat.id === id && { chat: { ...chat, title: name } }) });
    this.keeper.keep(id, () => change(id, { title: name }));
  }

  /** @param {string} id */
  async remove(id) {
    const { rows } = this.store.state;
    const row = rows.find((each) => each.id === id);
    if (!row) return;
    for (const flight of this.store.state.flights.values()) if (flight.chatId === id) flight.stop();
    this.store.set({ rows: rows.filter((each) => each.id !== id) });
    await this.keeper.keep(id, () => remove(id));
    this.notice(words.removed(row.title), () => this.#restore(row));
  }

  /** @param {import("./conversations.js").Row} row */
  async #restore(row) {
    this.store.set({ notice: null });
    await this.keeper.keep(row.id, () => restore(row.id));
    await this.load();
    this.notice(words.restored);
  }

  /** @param {any} document an export */
  async import(document) {
    try {
      const { imported } = await importAll(document);
      await this.load();
      this.notice(words.imported(imported));
    } catch (error) {
      this.store.set({ problem: problemOf(error) });
    }
  }

  /** @param {string} sentence @param {() => void} [onUndo] */
  notice(sentence, onUndo) {
    clearTimeout(this.#timer);
    this.store.set({ notice: { sentence, onUndo } });
    this.#timer = /** @type {any} */ (setTimeout(() => this.store.set({ notice: null }), UNDO_MS));
  }
}
