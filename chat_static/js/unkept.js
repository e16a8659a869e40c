// @ts-check
/**
 * Answers that the server may not have yet as they are shown. What is sent while the page goes away can arrive after
 * the next page has asked for the chat; so the tab notes them too, and the next page takes up what the server lacks.
 */

const NAME = "sluice.unkept";

/**
 * @typedef {import("./tree.js").Message} Message
 * @typedef {object} Text of an answer, which may still be growing
 * @property {string} content
 * @property {string} thinking
 * @typedef {object} Unkept
 * @property {string} chatId
 * @property {string} ticket of the request that it answers: the same answer tried again has another
 * @property {Message} message
 */

export class UnkeptAnswers {
  /** By message. @type {Map<string, {unkept: Unkept, text: Text}>} */
  #answers = new Map();

  /** @param {Unkept} unkept @param {Text} [text] what there is of it by now */
  add(unkept, text = unkept.message) {
    this.#answers.set(unkept.message.id, { unkept, text });
  }

  /** The server has it; unless it has been asked for again meanwhile. @param {Unkept} unkept */
  drop({ ticket, message }) {
    if (this.#answers.get(message.id)?.unkept.ticket === ticket) this.#answers.delete(message.id);
  }

  /** The page goes away: note what the next one may need. */
  note() {
    const answers = [...this.#answers.values()];
    noteAll(answers.map(({ unkept, text: { content, thinking } }) => ({ ...unkept, message: { ...unkept.message, content, thinking } })));
  }

  /** @param {string} chatId @returns {Unkept[]} what the page before this one noted of a chat, once */
  take(chatId) {
    const noted = notes();
    if (noted.length > 0) noteAll(noted.filter((each) => each.chatId !== chatId));
    return noted.filter((each) => each.chatId === chatId);
  }

  /** The page has come back as it was left. */
  forgetNotes() {
    noteAll([]);
  }
}

/**
 * What of it the server lacks. Pure.
 * @param {import("./tree.js").Messages} messages as the server has them
 * @param {Unkept[]} noted
 * @returns {Unkept[]}
 */
export function lacking(messages, noted) {
  return noted.filter(({ ticket, message }) => {
    const known = messages.get(message.id);
    if (!known) return message.parent_id === null || messages.has(message.parent_id);
    const isSame = known.state === "partial" && known.statistics?.ticket === ticket;
    return isSame && (message.state !== "partial" || lengthOf(known) < lengthOf(message));
  });
}

/** @param {Text} text */
const lengthOf = ({ content, thinking }) => content.length + thinking.length;

/** @param {Unkept[]} answers */
function noteAll(answers) {
  try {
    if (answers.length === 0) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, JSON.stringify(answers));
  } catch {
    // Forbidden or full: then what was sent to the server has to do.
  }
}

/** @returns {Unkept[]} */
function notes() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
  } catch {
    return [];
  }
}
