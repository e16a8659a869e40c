// @ts-check
/**
 * What the page shows, all of it.
 *
 * @typedef {object} Chat
 * @property {string} id
 * @property {string} title
 * @property {Record<string, any>} settings
 * @property {string | null} leafId
 * @property {import("./tree.js").Messages} messages
 * @property {boolean} isNew the server does not know it yet
 * @property {boolean} isLoading
 *
 * @typedef {object} State
 * @property {{username: string, is_admin: boolean, admin_url?: string} | null} me
 * @property {import("./api.js").Model[]} models
 * @property {"loading" | "ready" | "failed"} modelsAre
 * @property {string} model
 * @property {import("./conversations.js").Row[]} rows
 * @property {boolean} hasMore
 * @property {"loading" | "ready" | "failed"} listIs
 * @property {Chat} chat
 * @property {Map<string, import("./flight.js").Flight>} flights by message
 * @property {Map<string, import("./problems.js").Problem>} problems by message: why an answer failed
 * @property {Set<string>} elsewhere messages that another window is being answered in
 * @property {import("./problems.js").Problem | null} problem of no message
 * @property {{sentence: string, onUndo?: () => void} | null} notice
 * @property {{text: string}} given what the message field is to hold; a new object replaces what is there
 * @property {import("./pictures.js").Picture[]} pictures
 * @property {string | null} editing the message that is being edited
 * @property {string | null} renaming
 * @property {"search" | "options" | "keys" | "more" | null} dialog
 * @property {boolean} isSidebarOpen
 * @property {boolean} isOnline
 * @property {boolean} isUnsaved
 */

import { newTicketId } from "./ticket.js";

/** @returns {Chat} */
export function freshChat(id = newTicketId()) {
  return { id, title: "", settings: {}, leafId: null, messages: new Map(), isNew: true, isLoading: false };
}

/** @returns {State} */
export function firstState() {
  return {
    me: null,
    models: [],
    modelsAre: "loading",
    model: "",
    rows: [],
    hasMore: false,
    listIs: "loading",
    chat: freshChat(),
    flights: new Map(),
    problems: new Map(),
    elsewhere: new Set(),
    problem: null,
    notice: null,
    given: { text: "" },
    pictures: [],
    editing: null,
    renaming: null,
    dialog: null,
    isSidebarOpen: false,
    isOnline: true,
    isUnsaved: false,
  };
}

/** @param {State} state @returns {import("./api.js").Model | undefined} */
export const chosenModel = (state) => state.models.find((model) => model.name === state.model);

/** @param {State} state @returns {import("./flight.js").Flight | undefined} the answer under way in the chat that is shown */
export function currentFlight(state) {
  return [...state.flights.values()].find((flight) => flight.chatId === state.chat.id);
}
