// @ts-check
/** The charts of the statistics page; the tables beside them say the same. Dragging zooms all, a double click goes back. */

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
    data: kinds.map((kind) => told.steps.map((/** @type {any} */ step) => (step.waits[kind].requests ? step.waits[kind].p95_s : null))),
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

/** @type {any[]} */
const charts = [];
const zoomed = /** @type {HTMLElement} */ (document.getElementById("zoomed"));
/** @param {number} instant @returns {string} as the tables write it */
const written = (instant) => `${new Date(instant * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** @param {any} _ @param {number[]} instants @returns {string[]} beneath the axis: the time of day, or the day over several */
function clocks(_, instants) {
  const isLong = instants[instants.length - 1] - instants[0] > 2 * 24 * 3600;
  return instants.map((instant) => (isLong ? written(instant).slice(5, 10) : written(instant).slice(11, 16)));
}

/** All charts show the same stretch of time. @param {any} chart @param {string} key */
function follow(chart, key) {
  const { min, max } = chart.scales[key];
  if (key !== "x" || min == null) return;
  const others = charts.filter((other) => other.scales.x.min !== min || other.scales.x.max !== max);
  for (const other of others) other.setScale("x", { min, max });
  const isWhole = min <= chart.data[0][0] && max >= chart.data[0].at(-1);
  zoomed.textContent = isWhole ? "Drag over a chart to see a part of it larger." : `Shown: ${written(min)} to ${written(max)}. A double click shows all of it again.`;
}

/** @param {HTMLElement} place @param {any} told */
function draw(place, told) {
  const { title, series, data } = CHARTS[/** @type {keyof typeof CHARTS} */ (place.dataset.chart)](told);
  place.hidden = false;
  const ink = colour("--ink");
  const axis = { stroke: ink, grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const lines = series.map((one) => ({ ...one, stroke: colour("--strong"), width: 2 }));
  const options = {
    title,
    width: place.clientWidth,
    height: HEIGHT,
    axes: [{ ...axis, values: clocks }, axis],
    series: [{ label: "Time", value: (/** @type {any} */ _, /** @type {number | null} */ instant) => (instant == null ? "–" : written(instant)) }, ...lines],
    hooks: { setScale: [follow] },
    // The tables are in UTC.
    tzDate: (/** @type {number} */ instant) => uPlot.tzDate(new Date(instant * 1000), "Etc/UTC"),
  };
  const chart = new uPlot(options, [told.steps.map((/** @type {any} */ step) => step.at), ...data], place);
  charts.push(chart);
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
