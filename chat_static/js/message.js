// @ts-check
/** One message: who says it, what, and what can be done with it. */

import { Body } from "./body.js";
import { copyText } from "./copy.js";
import { useFlight } from "./flight_hook.js";
import { statistics } from "./format.js";
import { icon } from "./icons.js";
import { memo } from "./memo.js";
import { pictureUrl } from "./picture_url.js";
import { QuestionEditor } from "./question_editor.js";
import { ThinkingBlock } from "./thinking_block.js";
import { html, useState } from "./vendored_ui.js";
import { WaitingCard } from "./waiting_card.js";
import { words } from "./words.js";

/** @typedef {import("./tree.js").Message} Message */

export const Question = memo((/** @type {any} */ { app, message, siblings, isEditing, isBusy }) => {
  const images = message.images.map((/** @type {string} */ image, /** @type {number} */ index) => html`<img src=${pictureUrl(image)} alt=${words.picture(index + 1)} />`);
  return html`<article class="user" aria-label=${words.you} data-id=${message.id}>
    <h2 class="unseen">${words.you}</h2>
    ${images.length > 0 && html`<p class="pictures">${images}</p>`}
    ${isEditing
      ? html`<${QuestionEditor} app=${app} message=${message} />`
      : html`${message.content && html`<div class="text plain">${message.content}</div>`}
          <p class="actions">
            <${Branches} app=${app} message=${message} siblings=${siblings} />
            <${CopyButton} text=${message.content} />
            <button type="button" class="quiet" disabled=${isBusy} onClick=${() => app.store.set({ editing: message.id })}>${icon("pen")} ${words.edit}</button>
          </p>`}
  </article>`;
});

export const Answer = memo((/** @type {any} */ { app, message, siblings, flight, problem, isElsewhere, isBusy }) => {
  useFlight(flight);
  const isWaiting = flight && !flight.wasStarted;
  const thinking = flight ? flight.thinking : message.thinking;
  return html`<article class="assistant" aria-label=${message.model} data-id=${message.id} data-state=${flight ? flight.phase : message.state}>
    <h2>${message.model}</h2>
    ${thinking && html`<${ThinkingBlock} text=${message.thinking} seconds=${message.statistics?.thought_s} flight=${flight} />`}
    <${Body} text=${message.content} flight=${flight} />
    ${isWaiting && html`<${WaitingCard} flight=${flight} />`}
    ${!flight && html`<${Ending} app=${app} message=${message} siblings=${siblings} problem=${problem} isElsewhere=${isElsewhere} isBusy=${isBusy} />`}
  </article>`;
});

/** How it ended and what may follow. @param {any} props */
function Ending({ app, message, siblings, problem, isElsewhere, isBusy }) {
  if (isElsewhere) return html`<p class="hint">${words.elsewhere}</p>`;
  const isEmpty = message.content === "" && message.thinking === "";
  const isWhole = message.state === "complete";
  const line = statistics(message.statistics ?? {});
  return html`
    <${Note} message=${message} problem=${problem} isEmpty=${isEmpty} />
    ${line && html`<p class="statistics">${line}</p>`}
    <p class="actions">
      <${Branches} app=${app} message=${message} siblings=${siblings} />
      ${message.content && html`<${CopyButton} text=${message.content} />`}
      ${!isWhole && message.content && html`<button type="button" class="quiet" disabled=${isBusy} onClick=${() => app.chat.continue(message.id)}>${icon("onward")} ${words.continue}</button>`}
      <button type="button" class=${isEmpty ? "" : "quiet"} disabled=${isBusy} onClick=${() => app.chat.regenerate(message.id)}>${icon("again")} ${isEmpty ? words.tryAgain : words.regenerate}</button>
    </p>`;
}

/** @param {{message: Message, problem: import("./problems.js").Problem | undefined, isEmpty: boolean}} props */
function Note({ message, problem, isEmpty }) {
  const { state, statistics: kept } = message;
  if (state === "failed") {
    const told = problem ?? { sentence: kept?.error ?? words.brokeInside, reason: kept?.reason ?? "", advice: "", isSignIn: false };
    return html`<${ProblemCard} problem=${told} />`;
  }
  if (state === "stopped") return html`<p class="hint">${isEmpty ? words.stoppedBefore : words.stopped}</p>`;
  if (state === "partial") return html`<p class="hint">${isEmpty ? words.neverBegan : words.brokeOff}</p>`;
  if (kept?.done_reason === "length") return html`<p class="hint">${words.cutShort}</p>`;
  return isEmpty ? html`<p class="hint">${words.emptyAnswer}</p>` : null;
}

/** @param {{problem: import("./problems.js").Problem}} props */
export function ProblemCard({ problem }) {
  const { sentence, reason, advice, isSignIn } = problem;
  return html`<div class="problem card" role="alert">
    <p class="wrong">${sentence}</p>
    <p>${advice} ${isSignIn && html`<a href=${signInPath()}>${words.signIn}</a>`}</p>
    ${reason && html`<p class="hint">${words.reason(reason)}</p>`}
  </div>`;
}

/** Back to this chat afterwards; what was written waits in this browser. */
const signInPath = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

/** @param {any} props */
function Branches({ app, message, siblings }) {
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(message.id);
  const turn = (/** @type {number} */ step, /** @type {string} */ label, /** @type {"left" | "right"} */ name) => html`<button
    type="button"
    class="quiet square"
    aria-label=${label}
    disabled=${siblings[at + step] === undefined}
    onClick=${() => app.chat.switchTo(siblings[at + step])}
  >${icon(name)}</button>`;
  return html`<span class="branches">
    ${turn(-1, words.earlierBranch, "left")}
    <span aria-hidden="true">${words.branch(at + 1, siblings.length)}</span><span class="unseen">${words.branchSpoken(at + 1, siblings.length)}</span>
    ${turn(1, words.laterBranch, "right")}
  </span>`;
}

/** @param {{text: string}} props */
function CopyButton({ text }) {
  const [said, say] = useState(/** @type {string} */ (words.copyMessage));
  const copy = async () => {
    say((await copyText(text)) ? words.copied : words.notCopied);
    setTimeout(() => say(words.copyMessage), 2000);
  };
  return html`<button type="button" class="quiet copy" onClick=${copy}>${icon("copy")} ${said}</button>`;
}
