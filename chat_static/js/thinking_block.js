// @ts-check
/** What the model thinks: open while it does, closed when the answer starts, unless somebody has touched it. */

import { useFlight } from "./flight_hook.js";
import { fineDuration } from "./format.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{text: string, seconds: number | null | undefined, flight: import("./flight.js").Flight | undefined}} props */
export function ThinkingBlock({ text, seconds, flight }) {
  useFlight(flight);
  const isThinking = flight?.isThinking ?? false;
  const [isOpen, setOpen] = useState(isThinking);
  const isTouched = useRef(false);
  useEffect(() => {
    if (!isTouched.current) setOpen(isThinking);
  }, [isThinking]);
  const toggle = (/** @type {Event} */ event) => {
    event.preventDefault();
    isTouched.current = true;
    setOpen(!isOpen);
  };
  const time = flight?.thoughtS ?? seconds;
  return html`<details class="thinking" open=${isOpen}>
    <summary onClick=${toggle}>${isThinking ? words.thinking : words.thoughtFor(time ? fineDuration(time) : "")}</summary>
    <${Thoughts} text=${text} flight=${flight} />
  </details>`;
}

/** Text that only grows is added to, never set anew. @param {{text: string, flight: import("./flight.js").Flight | undefined}} props */
function Thoughts({ text, flight }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const node = document.createTextNode("");
    const show = (/** @type {string} */ whole) => {
      if (!whole.startsWith(node.data)) node.data = whole;
      else if (whole.length > node.length) node.appendData(whole.slice(node.length));
      element.current?.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
    };
    element.current?.replaceChildren(node);
    show(flight ? flight.thinking : text);
    return flight?.subscribe((isText) => isText && show(flight.thinking));
  }, [flight, flight ? "" : text]);
  return html`<div class="plain" ref=${element}></div>`;
}
