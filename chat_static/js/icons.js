// @ts-check
/** Pictures on buttons. The button says what it does in words; the picture is for the eye. */

import { html } from "./vendored_ui.js";

const PATHS = {
  bars: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14M16 16l4.5 4.5",
  pen: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  bin: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  sliders: "M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4",
  picture: "M4 5h16v14H4zM4 16l5-5l4 4l2-2l5 5M15.5 9h.01",
  send: "M12 20V5M6 11l6-6l6 6",
  stop: "M7 7h10v10H7zM8.5 8.5h7M8.5 10.5h7M8.5 12.5h7M8.5 14.5h7",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  again: "M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4",
  onward: "M5 12h13M13 7l5 5l-5 5",
  left: "M14 6l-6 6l6 6",
  right: "M10 6l6 6l-6 6",
  down: "M12 5v14M6 13l6 6l6-6",
  open: "M7 10l5 5l5-5",
  tick: "M5 12l5 5l9-10",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
