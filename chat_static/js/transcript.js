// @ts-check
/** The conversation on the page. It follows the text down as long as its reader is at the end. */

import { drawFreshBodies } from "./body.js";
import { icon } from "./icons.js";
import { Answer, Question } from "./message.js";
import { currentFlight } from "./state.js";
import { familyOf, pathTo } from "./tree.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** Pixels; so near the end counts as the end. */
const NEAR = 48;

/** @param {{app: any, state: import("./state.js").State}} props */
export function Transcript({ app, state }) {
  const { chat } = state;
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const isFollowing = useRef(true);
  const followedTo = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);
  const path = pathTo(chat.messages, chat.leafId);
  const flight = currentFlight(state);

  const goToEnd = () => {
    const scroller = element.current;
    if (!scroller) return;
    isFollowing.current = true;
    scroller.scrollTop = scroller.scrollHeight;
    followedTo.current = scroller.scrollTop;
  };
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = /** @type {HTMLElement} */ (element.current);
    isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR;
    followedTo.current = scrollTop;
    setAtEnd(isFollowing.current);
  };
  const onDrawn = () => {
    const scroller = /** @type {HTMLElement} */ (element.current);
    // The scroll event comes a frame after the reader's hand: text drawn in between must not pull the page away.
    if (scroller.scrollTop < followedTo.current) onScroll();
    if (isFollowing.current) goToEnd();
  };

  useLayoutEffect(drawFreshBodies);
  useLayoutEffect(goToEnd, [chat.id, chat.isLoading, flight]);
  // What is not text (the card, the figures) grows too, and the window shrinks under a phone's keyboard.
  useEffect(() => {
    const observer = new ResizeObserver(onDrawn);
    const scroller = /** @type {HTMLElement} */ (element.current);
    observer.observe(scroller);
    observer.observe(/** @type {HTMLElement} */ (scroller.firstElementChild));
    scroller.addEventListener("drawn", onDrawn);
    return () => observer.disconnect();
  }, []);

  return html`<div class="transcript">
    <div id="transcript" role="log" aria-label=${words.conversation} aria-live="off" aria-busy=${flight ? "true" : "false"} tabindex="0" ref=${element} onScroll=${onScroll}>
      <div class="column">${path.length === 0 ? html`<${Empty} state=${state} />` : messagesOf(app, state, path, flight)}</div>
    </div>
    ${!isAtEnd && html`<button type="button" class="to-end" onClick=${goToEnd}>${icon("down")} ${words.jumpToLatest}</button>`}
  </div>`;
}

/** @param {any} app @param {import("./state.js").State} state @param {import("./tree.js").Message[]} path @param {any} flight */
function messagesOf(app, state, path, flight) {
  const family = familyOf(state.chat.messages);
  const isBusy = flight !== undefined;
  return path.map((message) => {
    const siblings = siblingsOf(family, message);
    if (message.role === "user") {
      return html`<${Question} key=${message.id} app=${app} message=${message} siblings=${siblings} isEditing=${state.editing === message.id} isBusy=${isBusy} />`;
    }
    return html`<${Answer} key=${message.id} app=${app} message=${message} siblings=${siblings} flight=${state.flights.get(message.id)}
      problem=${state.problems.get(message.id)} isElsewhere=${state.elsewhere.has(message.id)} isBusy=${isBusy} />`;
  });
}

/** @type {string[]} the same one each time, so that nothing is drawn again for it */
const ALONE = [];

/** @param {Map<string | null, string[]>} family @param {import("./tree.js").Message} message */
function siblingsOf(family, message) {
  const siblings = family.get(message.parent_id) ?? ALONE;
  return siblings.length < 2 ? ALONE : siblings;
}

/** @param {{state: import("./state.js").State}} props */
function Empty({ state }) {
  if (state.chat.isLoading) return html`<p class="hint" role="status">${words.loadingChat}</p>`;
  if (state.modelsAre === "ready" && state.models.length === 0) return html`<p id="advice">${words.adviceNoModel}</p>`;
  return html`<div class="welcome"><p class="big">${words.emptyChat}</p><p class="hint">${words.emptyChatMore}</p></div>`;
}
