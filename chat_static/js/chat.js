// @ts-check
/** What people do with the chat that is shown. */

import { ApiError, ticketState } from "./api.js";
import { change, keepMessage, read } from "./conversations.js";
import { draftOf, dropSent, keepDraft } from "./drafts.js";
import { pause } from "./pause.js";
import { problemOf } from "./problems.js";
import { sees } from "./question.js";
import { chosenModel, currentFlight, freshChat } from "./state.js";
import { newTicketId } from "./ticket.js";
import { lastLeaf, leafBelow, pathTo, titleOf, withMessage } from "./tree.js";
import { words } from "./words.js";

const LONGEST = 1_000_000;
const FOLLOW_MS = 1500;
const SETTLED_MS = 2000;

/** @typedef {import("./tree.js").Message} Message */

export class ChatActions {
  /**
   * @param {import("./store.js").Store<import("./state.js").State>} store
   * @param {import("./keeper.js").Keeper} keeper
   * @param {import("./answering.js").Answering} answering
   * @param {(chat: import("./state.js").Chat) => void} onChange its row in the list is to follow
   */
  constructor(store, keeper, answering, onChange) {
    this.store = store;
    this.keeper = keeper;
    this.answering = answering;
    this.onChange = onChange;
  }

  /** @param {boolean} [isInHistory] is the address new? */
  startNew(isInHistory = true) {
    if (isInHistory) history.pushState(null, "", "/chat");
    this.#show(freshChat());
    this.#give(draftOf("new")?.text ?? "");
  }

  /** @param {string} id @param {boolean} [isInHistory] */
  async open(id, isInHistory = true) {
    if (isInHistory) history.pushState(null, "", `/chat?c=${encodeURIComponent(id)}`);
    this.#show({ ...freshChat(id), isNew: false, isLoading: true });
    try {
      // What this page has written to it itself is to be there; but nobody waits for that for long.
      await Promise.race([this.keeper.settled(id), pause(SETTLED_MS)]);
      const found = await read(id);
      if (this.store.state.chat.id === id) this.#opened(found);
    } catch (error) {
      if (this.store.state.chat.id === id) this.#notOpened(id, error);
    }
  }

  /** @param {any} found */
  #opened(found) {
    const messages = /** @type {import("./tree.js").Messages} */ (new Map(found.messages.map((/** @type {Message} */ message) => [message.id, message])));
    this.answering.takeUp(found.id, messages);
    const leafId = messages.has(found.leaf_id) ? leafBelow(messages, found.leaf_id) : lastLeaf(messages);
    const chat = { id: found.id, title: found.title, settings: found.settings, leafId, messages, isNew: false, isLoading: false };
    const { models, model } = this.store.state;
    const isThere = models.length === 0 || models.some((each) => each.name === found.model);
    this.store.set({ chat, model: found.model && isThere ? found.model : model });
    const draft = draftOf(found.id);
    if (draft && !(draft.sentAs && messages.has(draft.sentAs))) this.#give(draft.text);
    for (const message of pathTo(messages, leafId)) if (message.state === "partial") this.#follow(found.id, message);
  }

  /** @param {string} id @param {unknown} error */
  #notOpened(id, error) {
    const isUnknown = error instanceof ApiError && error.status === 404;
    const draft = draftOf(id);
    if (isUnknown && draft) {
      // It was never kept, because the session had ended; what was written is all there is of it.
      history.replaceState(null, "", "/chat");
      this.#show(freshChat());
      keepDraft("new", { text: draft.text });
      keepDraft(id, { text: "" });
      this.#give(draft.text);
      return;
    }
    const problem = problemOf(error);
    this.#show(freshChat());
    this.store.set({ problem: isUnknown ? { ...problem, sentence: words.chatUnknown, advice: "" } : problem });
  }

  /** Another window may be at it: look until it is done. @param {string} chatId @param {Message} message */
  async #follow(chatId, message) {
    const ticket = message.statistics?.ticket;
    const isHere = () => this.store.state.flights.has(message.id);
    if (!ticket || isHere()) return;
    const isLive = async () => ["waiting", "admitted", "streaming"].includes((await ticketState(ticket).catch(() => ({}))).state);
    let wasLive = false;
    while (this.store.state.chat.id === chatId && !isHere() && (await isLive())) {
      wasLive = true;
      this.#mark(message.id, true);
      await this.#refresh(chatId, message.id);
      await pause(FOLLOW_MS);
    }
    this.#mark(message.id, false);
    // The other window keeps the whole answer a moment after its ticket has ended.
    if (wasLive) await pause(500);
    if (wasLive && !isHere()) await this.#refresh(chatId, message.id);
  }

  /** @param {string} chatId @param {string} messageId */
  async #refresh(chatId, messageId) {
    await this.keeper.settled(chatId);
    const found = await read(chatId).catch(() => null);
    const fresh = found?.messages.find((/** @type {Message} */ each) => each.id === messageId);
    const { chat } = this.store.state;
    if (fresh && chat.id === chatId) this.store.set({ chat: { ...chat, messages: withMessage(chat.messages, fresh) } });
  }

  /** @param {string} id @param {boolean} isElsewhere */
  #mark(id, isElsewhere) {
    const elsewhere = new Set(this.store.state.elsewhere);
    if (isElsewhere) elsewhere.add(id);
    else elsewhere.delete(id);
    this.store.set({ elsewhere });
  }

  /** @param {string} text @returns {boolean} was it sent? */
  send(text) {
    const { state } = this.store;
    const model = chosenModel(state);
    if ((text.trim() === "" && state.pictures.length === 0) || !model || currentFlight(state) || state.chat.isLoading) return false;
    const refusal = text.length > LONGEST ? words.tooLong : state.pictures.length > 0 && !sees(model.capabilities) ? words.cannotSee(model.name) : "";
    if (refusal) {
      this.store.set({ problem: { sentence: refusal, reason: "", advice: "", isSignIn: false } });
      return false;
    }
    const images = state.pictures.map((picture) => picture.base64);
    this.store.set({ pictures: [] });
    this.#ask(text, images, state.chat.leafId);
    return true;
  }

  /** @param {string} id @param {string} text a question in the place of another */
  edit(id, text) {
    const message = this.store.state.chat.messages.get(id);
    this.store.set({ editing: null });
    if (message && text.trim() !== "" && !currentFlight(this.store.state)) this.#ask(text, message.images, message.parent_id);
  }

  /** @param {string} text @param {string[]} images @param {string | null} parentId */
  #ask(text, images, parentId) {
    const { state } = this.store;
    const isNew = state.chat.isNew;
    const question = /** @type {Message} */ ({ id: newTicketId(), parent_id: parentId, role: "user", content: text, thinking: "", images, model: "", state: "complete", statistics: null });
    const chat = { ...state.chat, title: state.chat.title || titleOf(text) || words.untitled, isNew: false, leafId: question.id, messages: withMessage(state.chat.messages, question) };
    this.store.set({ chat });
    keepDraft("new", { text: "" });
    keepDraft(chat.id, { text, sentAs: question.id });
    const { model } = state;
    this.keeper.keep(chat.id, () => change(chat.id, isNew ? { title: chat.title, model, settings: chat.settings } : { model }));
    this.keeper.keep(chat.id, async () => {
      await keepMessage(chat.id, question);
      dropSent(chat.id, question.id);
    });
    if (isNew) history.replaceState(null, "", `/chat?c=${chat.id}`);
    this.onChange(chat);
    this.answering.answer(question.id);
  }

  /** Another answer beside this one; one that never began is tried again in its own place. @param {string} id */
  regenerate(id) {
    const message = this.store.state.chat.messages.get(id);
    if (!message?.parent_id || currentFlight(this.store.state)) return;
    const isEmpty = message.content === "" && message.thinking === "";
    this.answering.answer(message.parent_id, isEmpty ? { id } : {});
  }

  /** @param {string} id an answer that broke off */
  continue(id) {
    const soFar = this.store.state.chat.messages.get(id);
    if (soFar?.parent_id && !currentFlight(this.store.state)) this.answering.answer(soFar.parent_id, { id, soFar });
  }

  stop() {
    currentFlight(this.store.state)?.stop();
  }

  /** @param {string} id the branch to show */
  switchTo(id) {
    const { chat } = this.store.state;
    const leafId = leafBelow(chat.messages, id);
    this.store.set({ chat: { ...chat, leafId } });
    this.keeper.keep(chat.id, () => change(chat.id, { leaf_id: leafId }));
  }

  /** @param {Record<string, any>} settings */
  setOptions(settings) {
    const { chat } = this.store.state;
    this.store.set({ chat: { ...chat, settings } });
    if (!chat.isNew) this.keeper.keep(chat.id, () => change(chat.id, { settings }));
  }

  /** @param {string} text what stands in the message field */
  typed(text) {
    const { chat } = this.store.state;
    keepDraft(chat.isNew ? "new" : chat.id, { text });
  }

  /** @param {import("./state.js").Chat} chat */
  #show(chat) {
    this.store.set({ chat, problem: null, editing: null, pictures: [], given: { text: "" } });
  }

  /** @param {string} text */
  #give(text) {
    this.store.set({ given: { text } });
  }
}
