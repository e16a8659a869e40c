// @ts-check
/** From a question in the tree to an answer in the tree, and on the server. */

import { AnswerKeeping } from "./answer_keeping.js";
import { announce } from "./announce.js";
import { append, change, keepMessage } from "./conversations.js";
import { Flight, isStop } from "./flight.js";
import { wordCount } from "./format.js";
import { pause } from "./pause.js";
import { problemOf } from "./problems.js";
import { questionOf } from "./question.js";
import { newTicketId } from "./ticket.js";
import { pathTo, withMessage } from "./tree.js";
import { lacking, UnkeptAnswers } from "./unkept.js";
import { words } from "./words.js";

/** @typedef {import("./tree.js").Message} Message */

const CUT_MS = 300;
const FIGURES = ["eval_count", "eval_duration", "prompt_eval_count", "prompt_eval_duration", "load_duration", "total_duration", "done_reason", "waited_s", "thought_s"];

export class Answering {
  /** @type {Set<AnswerKeeping>} */
  #growing = new Set();
  #unkept = new UnkeptAnswers();

  /**
   * @param {import("./store.js").Store<import("./state.js").State>} store
   * @param {import("./keeper.js").Keeper} keeper
   * @param {import("./flight.js").Surroundings} surroundings
   * @param {(chatId: string, hasStarted: boolean) => void} onTurn an answer has started or ended
   */
  constructor(store, keeper, surroundings, onTurn) {
    this.store = store;
    this.keeper = keeper;
    this.surroundings = surroundings;
    this.onTurn = onTurn;
  }

  /**
   * Answer what `parentId` says. Sends first and keeps beside it, so that keeping never costs a place in line.
   * @param {string} parentId
   * @param {{id?: string, soFar?: Message}} [how] an answer that is tried again keeps its id, one that goes on its text
   */
  async answer(parentId, { id = newTicketId(), soFar } = {}) {
    const { chat, model, models } = this.store.state;
    const capabilities = models.find((each) => each.name === model)?.capabilities ?? null;
    const begun = { content: soFar?.content ?? "", thinking: soFar?.thinking ?? "" };
    const flight = new Flight(chat.id, model, begun, this.surroundings);
    const question = questionOf(pathTo(chat.messages, soFar?.id ?? parentId), model, chat.settings, capabilities);
    const message = /** @type {Message} */ ({ id, parent_id: parentId, role: "assistant", ...begun, images: [], model, state: "partial", statistics: { ticket: flight.ticket } });
    this.#unkept.add({ chatId: chat.id, ticket: flight.ticket, message }, flight);
    this.#begin(chat.id, message, flight);
    const kept = this.#keepGrowing(chat.id, message, flight);
    const ending = await this.#fly(flight, question, id);
    kept.stop();
    this.#end(chat.id, { ...message, ...ending, content: flight.content, thinking: flight.thinking }, flight);
  }

  /** The page goes away: what has arrived of the answers is sent along. */
  leave() {
    for (const keeping of this.#growing) keeping.send(true);
    this.#unkept.note();
  }

  /** The page has come back as it was left. */
  comeBack() {
    this.#unkept.forgetNotes();
  }

  /**
   * Put in what the page before this one could not keep in time, and keep it.
   * @param {string} chatId @param {import("./tree.js").Messages} messages as the server has them
   */
  takeUp(chatId, messages) {
    for (const unkept of lacking(messages, this.#unkept.take(chatId))) {
      messages.set(unkept.message.id, unkept.message);
      this.#keep(unkept);
    }
  }

  /** @param {import("./unkept.js").Unkept} unkept as it is to stay */
  async #keep(unkept) {
    this.#unkept.add(unkept);
    await this.keeper.keep(unkept.chatId, () => keepMessage(unkept.chatId, unkept.message), unkept.message.id);
    this.#unkept.drop(unkept);
  }

  /** @param {string} chatId @param {Message} message @param {Flight} flight */
  #begin(chatId, message, flight) {
    const { state } = this.store;
    const problems = new Map(state.problems);
    problems.delete(message.id);
    this.store.set({
      chat: { ...state.chat, messages: withMessage(state.chat.messages, message), leafId: message.id },
      flights: new Map(state.flights).set(message.id, flight),
      problems,
      problem: null,
    });
    announce(words.said.sent);
    flight.subscribe(() => this.#follow(flight));
  }

  /** Without the seconds, so that a screen reader speaks up only when the place has changed. @param {Flight} flight */
  #follow(flight) {
    if (flight.chatId !== this.store.state.chat.id) return;
    if (flight.phase === "waiting" && flight.card?.position) announce(words.said.position(flight.card.position));
  }

  /** @param {string} chatId @param {Message} message @param {Flight} flight */
  #keepGrowing(chatId, message, flight) {
    const keeping = new AnswerKeeping(flight, (piece) => append(chatId, message.id, piece));
    let isOver = false;
    this.keeper.keep(chatId, () => keepMessage(chatId, message), message.id).then(() => {
      if (isOver) return;
      this.#growing.add(keeping);
      keeping.start();
    });
    return {
      stop: () => {
        isOver = true;
        keeping.stop();
        this.#growing.delete(keeping);
      },
    };
  }

  /** @param {Flight} flight @param {any} question @param {string} id @returns {Promise<Partial<Message>>} */
  async #fly(flight, question, id) {
    const unsubscribe = flight.subscribe(() => {
      if (!flight.wasStarted) return;
      unsubscribe();
      announce(words.said.started);
      this.onTurn(flight.chatId, true);
    });
    try {
      const last = await flight.fly(question);
      announce(words.said.complete(wordCount(flight.content)));
      return { state: "complete", statistics: figuresOf(last) };
    } catch (error) {
      const statistics = figuresOf({ waited_s: flight.card?.waitedS, thought_s: flight.thoughtS });
      if (isStop(error)) {
        announce(words.said.stopped);
        return { state: "stopped", statistics };
      }
      // A page that goes away breaks its connections first; then this pause never ends, and nothing has failed.
      if (isCut(error)) await pause(CUT_MS);
      const problem = problemOf(error);
      this.store.set({ problems: new Map(this.store.state.problems).set(id, problem) });
      return { state: "failed", statistics: { ...statistics, error: problem.sentence.slice(0, 500), reason: problem.reason } };
    } finally {
      unsubscribe();
    }
  }

  /** @param {string} chatId @param {Message} message @param {Flight} flight */
  #end(chatId, message, flight) {
    const { state } = this.store;
    const flights = new Map(state.flights);
    if (flights.get(message.id) === flight) flights.delete(message.id);
    const isShown = state.chat.id === chatId && state.chat.messages.has(message.id);
    this.store.set({
      flights,
      ...(isShown && { chat: { ...state.chat, messages: withMessage(state.chat.messages, message) } }),
    });
    this.#keep({ chatId, ticket: flight.ticket, message });
    // Keeping a message makes it the shown branch; somebody may have turned to another one meanwhile.
    const { leafId } = this.store.state.chat;
    if (isShown && leafId !== message.id) this.keeper.keep(chatId, () => change(chatId, { leaf_id: leafId }));
    this.onTurn(chatId, false);
  }
}

/** @param {unknown} error @returns {boolean} did the connection break in the middle of an answer? */
const isCut = (error) => error instanceof TypeError;

/** @param {Record<string, any>} last @returns {Record<string, any>} what is worth keeping of it */
function figuresOf(last) {
  return Object.fromEntries(FIGURES.filter((name) => last[name] != null).map((name) => [name, last[name]]));
}
