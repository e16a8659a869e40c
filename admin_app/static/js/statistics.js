// @ts-check
/** The charts of the statistics page; the tables beside them say the same. Dragging zooms, a double click goes back. */

import uPlot from "/static/chat/vendor/uplot-1.6.32/uPlot.esm.js";

const HEIGHT = 220;
const KINDS = { direct_api: "coding tools", custom_app: "apps", web_chat: "chat page" };
/** Told apart by dashes as well as by colour. */
const DASHES = { direct_api: [], custom_app: [8, 4], web_chat: [2, 4] };

/** @param {string} name @returns {string} a colour of the present theme */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {any} told */
const waits = (told) => {
  const kinds = Object.keys(told.waits).sort();
  return {
    title: "Wait, 95th percentile (seconds)",
    series: kinds.map((kind) => ({ label: KINDS[/** @type {keyof typeof KINDS} */ (kind)], dash: DASHES[/** @type {keyof typeof DASHES} */ (kind)] })),
    data: kinds.map((kind) => told.steps.map((/** @type {any} */ step) => step.waits[kind].p95_s)),
  };
};

/** @param {any} told */
const throughput = (told) => ({
  title: "Tokens written per second",
  series: [{ label: "tokens/s", dash: [] }],
  data: [told.steps.map((/** @type {any} */ step) => step.tokens_per_s)],
});

/** @param {any} told */
const busy = (told) => ({
  title: "Slots in use, on average",
  series: [{ label: "slots", dash: [] }],
  data: [told.steps.map((/** @type {any} */ step) => step.busy)],
});

const CHARTS = { waits, throughput, busy };

/** @param {HTMLElement} place @param {any} told */
function draw(place, told) {
  const { title, series, data } = CHARTS[/** @type {keyof typeof CHARTS} */ (place.dataset.chart)](told);
  place.hidden = false;
  const ink = colour("--ink");
  const axis = { stroke: ink, grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const lines = series.map((one) => ({ ...one, stroke: colour("--strong"), width: 2 }));
  const options = { title, width: place.clientWidth, height: HEIGHT, axes: [axis, axis], series: [{}, ...lines] };
  const chart = new uPlot(options, [told.steps.map((/** @type {any} */ step) => step.at), ...data], place);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

const places = [...document.querySelectorAll("[data-chart]")].map((place) => /** @type {HTMLElement} */ (place));
const range = places[0]?.dataset.range ?? "24h";
const answer = await fetch(`/api/admin/statistics?range=${encodeURIComponent(range)}`).catch(() => null);
// Without an answer the tables stand alone, as they do without a script.
if (answer?.ok) {
  const told = await answer.json();
  for (const place of places) draw(place, told);
}
