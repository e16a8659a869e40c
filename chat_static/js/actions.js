// @ts-check
/** What people do with the page as a whole; the chat's own actions and the list's are beside it. */

import { announce } from "./announce.js";
import { models, whoAmI } from "./api.js";
import { copyText } from "./copy.js";
import { recall, remember } from "./memory.js";
import { problemOf } from "./problems.js";
import { commandOf } from "./shortcuts.js";
import { chosenModel, currentFlight } from "./state.js";
import { sees } from "./question.js";
import { pathTo } from "./tree.js";
import { words } from "./words.js";

const WIDE = "(min-width: 56rem)";

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

export class Actions {
  /** Going to sign in is no loss: what was written is kept. */
  #isLeavingKnowingly = false;
  isMac = /Mac|iPhone|iPad/.test(navigator.platform);

  /**
   * @param {import("./store.js").Store<import("./state.js").State>} store
   * @param {import("./chat.js").ChatActions} chat
   * @param {import("./library.js").Library} library
   */
  constructor(store, chat, library) {
    this.store = store;
    this.chat = chat;
    this.library = library;
  }

  begin() {
    this.store.set({ isOnline: navigator.onLine, isSidebarOpen: !this.isNarrow() && recall("sidebar") !== "closed" });
    this.#showAddress();
    // Apart, so that an administrator finds the way to their pages while Ollama is down.
    this.#showMe();
    this.library.load();
    this.loadModels();
    addEventListener("popstate", () => this.#showAddress());
    addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("beforeunload", (event) => this.#hasUnsent() && event.preventDefault());
    addEventListener("click", (event) => (this.#isLeavingKnowingly = event.target instanceof Element && event.target.closest('a[href^="/login"]') !== null), true);
  }

  #hasUnsent() {
    const { pictures } = this.store.state;
    return !this.#isLeavingKnowingly && (byId("prompt")?.value.trim() !== "" || pictures.length > 0);
  }

  #showAddress() {
    const id = new URLSearchParams(location.search).get("c");
    if (id === null) this.chat.startNew(false);
    else if (id !== this.store.state.chat.id) this.chat.open(id, false);
  }

  async #showMe() {
    try {
      this.store.set({ me: await whoAmI() });
    } catch (error) {
      this.store.set({ problem: problemOf(error) });
    }
  }

  async loadModels() {
    try {
      const found = await models();
      const wanted = [this.store.state.model, recall("model")].find((name) => found.some((model) => model.name === name));
      this.store.set({ models: found, modelsAre: "ready", model: wanted ?? found[0]?.name ?? "" });
    } catch (error) {
      this.store.set({ modelsAre: this.store.state.models.length > 0 ? "ready" : "failed", problem: problemOf(error) });
    }
  }

  /** @param {string} name */
  chooseModel(name) {
    remember("model", name);
    this.store.set({ model: name });
  }

  startNew() {
    this.#closeDrawer();
    this.chat.startNew();
    this.focusComposer();
  }

  /** @param {string} id */
  open(id) {
    this.#closeDrawer();
    if (id !== this.store.state.chat.id) this.chat.open(id);
    this.focusComposer();
  }

  /** @param {string} id */
  remove(id) {
    if (id === this.store.state.chat.id) this.chat.startNew();
    this.library.remove(id);
    this.focusComposer();
  }

  /** @param {NonNullable<import("./state.js").State["dialog"]>} dialog */
  openDialog(dialog) {
    this.#closeDrawer();
    this.store.set({ dialog });
  }

  lazyFailed() {
    this.store.set({ dialog: null, problem: { sentence: words.unreachable, reason: "", advice: "", isSignIn: false } });
  }

  isNarrow() {
    return !matchMedia(WIDE).matches;
  }

  #closeDrawer() {
    if (this.isNarrow()) this.store.set({ isSidebarOpen: false });
  }

  /** @param {boolean} isSidebarOpen */
  showSidebar(isSidebarOpen) {
    if (!this.isNarrow()) remember("sidebar", isSidebarOpen ? null : "closed");
    this.store.set({ isSidebarOpen });
    if (this.isNarrow()) setTimeout(() => byId(isSidebarOpen ? "new-chat" : "bars")?.focus());
  }

  focusComposer() {
    // A phone would open its keyboard over what people have come to read.
    setTimeout(() => matchMedia("(pointer: coarse)").matches || byId("prompt")?.focus());
  }

  /** @param {Event} event an arrow up in the empty field */
  editLast(event) {
    const { chat } = this.store.state;
    const last = pathTo(chat.messages, chat.leafId).findLast((message) => message.role === "user");
    if (!last || currentFlight(this.store.state)) return;
    event.preventDefault();
    this.store.set({ editing: last.id });
  }

  /** @param {{files?: FileList | null} | null} from a paste, a drop, or a file field @param {Event} [event] */
  async takePictures(from, event) {
    const files = [...(from?.files ?? [])];
    if (files.length === 0) return;
    event?.preventDefault();
    const model = chosenModel(this.store.state);
    if (!model || !sees(model.capabilities)) return this.#complain(words.cannotSee(model?.name ?? words.noModel));
    const { MOST, PictureError, preparePicture } = await import("./pictures.js");
    const room = MOST - this.store.state.pictures.length;
    if (files.length > room) this.#complain(words.tooManyPictures);
    for (const file of files.slice(0, Math.max(room, 0))) {
      try {
        const picture = await preparePicture(file);
        this.store.set({ pictures: [...this.store.state.pictures, picture] });
      } catch (error) {
        this.#complain(error instanceof PictureError ? error.message : words.notAPicture(file.name));
      }
    }
  }

  /** @param {string} sentence */
  #complain(sentence) {
    this.store.set({ problem: { sentence, reason: "", advice: "", isSignIn: false } });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While an input method composes, Escape belongs to it, as Enter does.
    if (event.isComposing || event.defaultPrevented) return;
    const command = commandOf(event, this.isMac);
    if (command) {
      event.preventDefault();
      this.#run(command);
    } else if (event.key === "Escape" && this.store.state.dialog === null) this.#escape();
  }

  #escape() {
    if (this.store.state.isSidebarOpen && this.isNarrow()) this.showSidebar(false);
    else this.chat.stop();
  }

  /** @param {import("./shortcuts.js").Name} command */
  #run(command) {
    const { dialog, isSidebarOpen } = this.store.state;
    if (command === "search" || command === "help") this.openDialog(command === "help" ? "keys" : "search");
    if (dialog !== null) return;
    if (command === "newChat") this.startNew();
    if (command === "sidebar") this.showSidebar(!isSidebarOpen);
    if (command === "focus") byId("prompt")?.focus();
    if (command === "copyAnswer") this.#copyLast();
    if (command === "copyCode") this.#copy([...document.querySelectorAll(".assistant .code code")].at(-1)?.textContent);
  }

  #copyLast() {
    const { chat } = this.store.state;
    this.#copy(pathTo(chat.messages, chat.leafId).findLast((message) => message.role === "assistant")?.content);
  }

  /** @param {string | null | undefined} text */
  async #copy(text) {
    if (text) announce((await copyText(text)) ? words.copied : words.notCopied);
  }
}
