// @ts-check
/**
 * The text of an answer: the words of the model in the hands of MessageBody. What that needs (Markdown, sanitiser)
 * is loaded with the first answer that is shown; until it is here the text is shown as it was written.
 */

import { html, useLayoutEffect, useRef } from "./vendored_ui.js";

/** @typedef {import("./message_body.js").MessageBody} MessageBody */

/** @type {typeof import("./message_body.js").MessageBody | null} */
let Bodies = null;
/** @type {Promise<void> | undefined} */
let loading;
/** @type {MessageBody[]} complete ones that were put on the page in this turn */
let fresh = [];

/** @returns {Promise<void>} fetches it once; a failure may be tried again */
function loadBodies() {
  loading ??= import("./message_body.js").then(
    (module) => void (Bodies = module.MessageBody),
    () => void (loading = undefined),
  );
  return loading;
}

/** Draw them as there is time, the last first: that is where people look. */
export function drawFreshBodies() {
  const bodies = fresh.reverse();
  fresh = [];
  for (const body of bodies) body.finishLater();
}

/** @param {{text: string, flight: import("./flight.js").Flight | undefined}} props */
export function Body({ text, flight }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const body = useRef(/** @type {MessageBody | null} */ (null));
  useLayoutEffect(() => {
    const place = /** @type {HTMLElement} */ (element.current);
    let isOver = false;
    const take = () => {
      if (isOver || !Bodies) return;
      const isFirst = body.current === null;
      if (isFirst) place.replaceChildren();
      const mine = (body.current ??= new Bodies(place));
      mine.text = flight ? flight.content : text;
      if (flight) return;
      if (isFirst) fresh.push(mine);
      else mine.finish();
    };
    const showPlain = () => {
      if (!body.current && !Bodies) place.textContent = flight ? flight.content : text;
    };
    if (Bodies) take();
    else {
      showPlain();
      loadBodies().then(take).then(drawFreshBodies);
    }
    const unsubscribe = flight?.subscribe((isText) => {
      if (!isText) return;
      if (body.current) body.current.text = flight.content;
      else showPlain();
    });
    return () => {
      isOver = true;
      unsubscribe?.();
    };
  }, [flight, flight ? "" : text]);
  return html`<div class="text" ref=${element}></div>`;
}
