// @ts-check
/** The chat page: puts the parts together. The conversation lives in this page and ends with it. */

import { ApiError, modelNames, whoAmI } from "./api.js";
import { Composer } from "./composer.js";
import { AnswerError, exchange } from "./exchange.js";
import { statistics, waitingLine } from "./format.js";
import { BrokenStreamError } from "./ndjson.js";
import { Picker } from "./picker.js";
import { Transcript } from "./transcript.js";

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

const transcript = new Transcript(byId("transcript"));
const picker = new Picker(byId("model"));
const composer = new Composer(byId("composer"), { send, stop: () => stopper?.abort() });
/** @type {{role: string, content: string}[]} */
let messages = [];
/** @type {AbortController | null} */
let stopper = null;

/** @param {string} prompt */
async function send(prompt) {
  const earlier = messages;
  const question = transcript.addQuestion(prompt);
  const answer = transcript.addAnswer(picker.model);
  const mine = (stopper = new AbortController());
  begin();
  try {
    const asked = [...earlier, { role: "user", content: prompt }];
    const { last, waitedSeconds } = await exchange(
      { model: picker.model, messages: asked },
      { onTicket: showTicket, onStart: () => announce("The answer has started."), onText: (piece) => put(answer, piece) },
      mine.signal,
    );
    if (stopper !== mine) return; // a new chat has begun meanwhile
    messages = [...asked, { role: "assistant", content: answer.text }];
    answer.finish(statistics(last, waitedSeconds));
    announce(`Answer complete, ${answer.text.split(/\s+/).filter(Boolean).length} words.`);
  } catch (error) {
    if (stopper === mine) end(error, prompt, question, answer, earlier);
  } finally {
    if (stopper === mine) finish();
  }
}

/**
 * @param {unknown} error
 * @param {string} prompt
 * @param {HTMLElement} question
 * @param {import("./transcript.js").Answer} answer
 * @param {{role: string, content: string}[]} earlier
 */
function end(error, prompt, question, answer, earlier) {
  const wasStopped = error instanceof Error && error.name === "AbortError";
  if (wasStopped && answer.text !== "") {
    // What was said so far stays part of the conversation.
    messages = [...earlier, { role: "user", content: prompt }, { role: "assistant", content: answer.text }];
    answer.finish("stopped");
    announce("Stopped.");
    return;
  }
  if (answer.text === "") {
    answer.remove();
    question.remove();
  } else {
    answer.finish("broke off");
  }
  composer.giveBack(prompt);
  if (wasStopped) announce("Stopped. Your message is back in the field.");
  else complain(error);
}

function begin() {
  byId("problem").hidden = true;
  byId("waiting").hidden = true;
  transcript.busy = true;
  composer.answering = true;
  announce("Sent.");
}

function finish() {
  stopper = null;
  byId("waiting").hidden = true;
  transcript.busy = false;
  composer.answering = false;
}

/** @param {import("./transcript.js").Answer} answer @param {string} piece */
function put(answer, piece) {
  byId("waiting").hidden = true;
  answer.append(piece);
}

/** @param {any} ticket */
function showTicket(ticket) {
  const line = byId("waiting");
  line.textContent = waitingLine(ticket);
  line.hidden = false;
  // Without the seconds, so that a screen reader speaks up only when the place has changed.
  announce(waitingLine({ state: ticket.state, position: ticket.position }));
}

/** @param {string} sentence said once by screen readers; the same sentence again stays silent */
function announce(sentence) {
  const status = byId("status");
  if (status.textContent !== sentence) status.textContent = sentence;
}

/** @param {unknown} error */
function complain(error) {
  const isForeseen = error instanceof ApiError || error instanceof AnswerError || error instanceof BrokenStreamError;
  byId("problem-text").textContent = isForeseen ? error.message : "The connection broke off. Send the message again.";
  byId("problem-link").hidden = !(error instanceof ApiError && error.status === 401);
  byId("problem").hidden = false;
}

function startOver() {
  stopper?.abort();
  finish();
  messages = [];
  transcript.clear();
  byId("prompt").focus();
}

async function showAccount() {
  try {
    const me = await whoAmI();
    byId("admin-link").href = me.admin_url ?? "";
    byId("admin-link").hidden = !me.is_admin;
    byId("account-link").textContent = me.username;
  } catch (error) {
    complain(error);
  }
}

async function showModels() {
  try {
    const names = await modelNames();
    picker.offer(names);
    composer.canSend = names.length > 0;
    byId("advice").textContent = "No model is installed. On the server, run: ollama pull NAME, then reload this page.";
    byId("advice").hidden = names.length > 0;
  } catch (error) {
    picker.offer([]);
    complain(error);
  }
}

byId("new-chat").addEventListener("click", startOver);
// Apart, so that an administrator finds the way to their pages while Ollama is down.
showAccount();
showModels();
