// @ts-check
/** In the answer's place as long as there is none: where the question stands, about how long, why, and a way out. */

import { useFlight, useSeconds } from "./flight_hook.js";
import { duration, range } from "./format.js";
import { canNotify, isNotifying, startNotifying } from "./notify.js";
import { html, useState } from "./vendored_ui.js";
import { words } from "./words.js";

/** @param {{flight: import("./flight.js").Flight}} props */
export function WaitingCard({ flight }) {
  useFlight(flight);
  useSeconds(flight.phase === "waiting");
  if (!flight.isSlow) return html`<p class="sending" aria-hidden="true">${words.sending}</p>`;
  return html`<div class="waiting card" data-phase=${flight.phase}>
    <div class="bar" aria-hidden="true"></div>
    <p class="waiting-line">${lineOf(flight)}</p>
    ${flight.phase === "waiting" && html`<${Details} card=${flight.card} />`}
    <p class="buttons">
      ${flight.phase === "waiting" && html`<button type="button" class="leave" onClick=${() => flight.stop()}>${words.leave}</button><${Bell} />`}
    </p>
  </div>`;
}

/** @param {import("./flight.js").Flight} flight */
function lineOf(flight) {
  if (flight.phase === "held") return words.heldHere;
  if (flight.phase === "loading") return words.loadingModel(flight.model);
  if (flight.phase === "reading") return words.reading;
  if (flight.phase !== "waiting" || !flight.card) return words.sending;
  const { position, low, high, waitedS, seenAt } = flight.card;
  const about = range(low, high);
  const waited = waitedS + performance.now() / 1000 - seenAt;
  return html`<strong>${position === null ? words.waitingInLine : words.inLine(position)}</strong>${about && ` · ${words.about(about)}`}${` · ${words.waiting(duration(waited))}`}`;
}

/** @param {{card: import("./waiting.js").Card}} props */
function Details({ card }) {
  const lines = [
    card.gate === "paused" && words.paused,
    card.gate === "draining" && words.draining,
    card.reason && words[card.reason],
    words.ahead(card.ahead),
    words.leaveHint,
  ];
  return html`${lines.filter(Boolean).map((line) => html`<p class="hint">${line}</p>`)}`;
}

function Bell() {
  const [isOn, setOn] = useState(isNotifying());
  if (!canNotify()) return null;
  if (isOn) return html`<span class="hint">${words.notified}</span>`;
  return html`<button type="button" onClick=${async () => setOn(await startNotifying())}>${words.notifyMe}</button>`;
}
