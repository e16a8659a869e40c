// @ts-check
/** Draws the statistics page's charts; the tables beside them say the same. */

import { draw, fit, zoom } from "./charts.js";
import { drawable, PICTURES } from "./pictures.js";

const places = [...document.querySelectorAll("[data-chart]")].map((place) => /** @type {HTMLElement} */ (place));
const zoomed = /** @type {HTMLElement} */ (document.getElementById("zoomed"));
const steps = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-zoom]"));
const [zoomIn, ...others] = steps;
const tell = (/** @type {string} */ words, /** @type {boolean} */ isWhole) => {
  zoomed.textContent = words;
  // What vanishes must not take the keyboard's place with it.
  if (isWhole && others.some((button) => button === document.activeElement)) zoomIn.focus();
  for (const button of others) button.hidden = isWhole;
};
for (const button of steps) button.addEventListener("click", () => zoom(/** @type {import("./zoom.js").Step} */ (button.dataset.zoom)));

/** @returns {any} the percentile that is chosen */
const percentile = () => /** @type {HTMLInputElement} */ (document.querySelector("#percentile input:checked")).value;

/** @param {HTMLElement} place @param {any} told */
function show(place, told) {
  const picture = PICTURES[/** @type {string} */ (place.dataset.chart)](told, percentile());
  const at = told.steps.map((/** @type {any} */ step) => step.at);
  draw(place, at, picture, tell);
}

const range = places[0]?.dataset.range ?? "24h";
const answer = await fetch(`/api/admin/statistics?range=${encodeURIComponent(range)}`).catch(() => null);
// Without an answer the tables stand alone, as they do without a script.
if (answer?.ok) {
  const told = drawable(await answer.json());
  const all = () => places.forEach((place) => show(place, told));
  all();
  fit(places);
  document.getElementById("percentile")?.addEventListener("change", () => show(places[0], told));
  document.documentElement.classList.add("has-script");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
}
