// @ts-check
/** Charts over time: all show the same stretch, dragging or buttons zoom all of them, a double click goes back. */

import uPlot from "/static/chat/vendor/uplot-1.6.32/uPlot.esm.js";

import { isAll, zoomed } from "./zoom.js";

const HEIGHT = 240;
const HEADROOM = 1.1;
/** In a shorter part there is nothing to see. */
const LEAST_STEPS = 2;
const DAY_S = 24 * 3600;
/** Lines are told apart by dashes as well as by colour. */
const DASHES = [[], [8, 4], [2, 4], [12, 4, 2, 4], [4, 8]];

/** @typedef {{label: string, values: (number | null | undefined)[]}} Line null is a gap, undefined is passed over */
/** @typedef {{title: string, value: (value: number) => string, lines: Line[]}} Picture `value` writes one with its unit */
/** @typedef {import("./zoom.js").Part} Part */

/** @type {any[]} */
const charts = [];

/** @param {string} name @returns {string} a colour of the present theme */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {number} instant @returns {string} as the tables write it */
const written = (instant) => `${new Date(instant * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** @param {any} _ @param {number[]} instants @returns {string[]} beneath the axis: the day at midnight, else the time of day */
const clocks = (_, instants) => instants.map((instant) => (instant % DAY_S ? written(instant).slice(11, 16) : written(instant).slice(5, 10)));

/** A value without neighbours makes no line, so it is drawn as a point. @param {any} chart @param {number} index @param {boolean} isShown */
function lonely(chart, index, isShown) {
  if (isShown) return null;
  const values = chart.data[index];
  const isGap = (/** @type {number} */ at) => at < 0 || at >= values.length || values[at] === null;
  return [...values.keys()].filter((at) => values[at] != null && isGap(at - 1) && isGap(at + 1));
}

/** @param {Picture["value"]} value */
const series = (value) => (/** @type {Line} */ { label }, /** @type {number} */ index) => {
  const stroke = colour(`--series-${(index % DASHES.length) + 1}`);
  const told = (/** @type {any} */ _, /** @type {number | null | undefined} */ one) => (one == null ? "–" : value(one));
  return { label, value: told, stroke, width: 2, dash: DASHES[index % DASHES.length], points: { filter: lonely, fill: stroke } };
};

/** @param {any} _ @param {number} __ @param {number | null} most @returns {[number, number]} */
const fromNothing = (_, __, most) => [0, most ? most * HEADROOM : 1];

/** @param {any} chart @returns {Part} */
const wholeOf = ({ data }) => ({ min: data[0][0], max: data[0].at(-1) });
/** @param {any} chart @returns {Part} */
const shownIn = ({ scales }) => ({ min: scales.x.min, max: scales.x.max });

/** @param {(words: string, isWhole: boolean) => void} tell what is shown, or what can be done */
const followedBy = (tell) => (/** @type {any} */ chart, /** @type {string} */ key) => {
  const { min, max } = chart.scales[key];
  if (key !== "x" || min == null) return;
  const others = charts.filter((other) => other.scales.x.min !== min || other.scales.x.max !== max);
  for (const other of others) other.setScale("x", { min, max });
  const isWhole = isAll({ min, max }, wholeOf(chart));
  tell(isWhole ? "Drag over a chart to see a part of it larger." : `Shown: ${written(min)} to ${written(max)}. A double click shows all of it again.`, isWhole);
};

/** Shows another part of the time in all charts. @param {import("./zoom.js").Step} step */
export function zoom(step) {
  for (const chart of charts.slice(0, 1)) chart.setScale("x", zoomed(shownIn(chart), wholeOf(chart), step, LEAST_STEPS * (chart.data[0][1] - chart.data[0][0])));
}

/**
 * Draws a picture at its place, over an earlier one, of the part of the time that the others show. No line, no chart.
 * @param {HTMLElement} place @param {number[]} at the instants of all values @param {Picture} picture @param {(words: string, isWhole: boolean) => void} tell
 */
export function draw(place, at, { title, value, lines }, tell) {
  const part = charts.length ? shownIn(charts[0]) : null;
  const earlier = charts.findIndex((chart) => place.contains(chart.root));
  if (earlier >= 0) charts.splice(earlier, 1)[0].destroy();
  place.hidden = lines.length === 0;
  if (place.hidden) return;
  const axis = { stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const options = {
    title,
    width: place.clientWidth,
    height: HEIGHT,
    axes: [{ ...axis, values: clocks, label: "Time (UTC)", labelSize: 20 }, axis],
    scales: { y: { range: fromNothing } },
    series: [{ label: "Time", value: (/** @type {any} */ _, /** @type {number | null} */ instant) => (instant == null ? "–" : written(instant)) }, ...lines.map(series(value))],
    hooks: { setScale: [followedBy(tell)] },
    // The tables are in UTC.
    tzDate: (/** @type {number} */ instant) => uPlot.tzDate(new Date(instant * 1000), "Etc/UTC"),
  };
  const chart = new uPlot(options, [at, ...lines.map(({ values }) => values)], place);
  charts.push(chart);
  if (part && !isAll(part, wholeOf(chart))) chart.setScale("x", part);
}

/** Charts are as wide as their places, whatever becomes of the window. @param {HTMLElement[]} places */
export function fit(places) {
  const resized = new ResizeObserver((changes) => {
    for (const { target } of changes) charts.find((chart) => target.contains(chart.root))?.setSize({ width: target.clientWidth, height: HEIGHT });
  });
  for (const place of places) resized.observe(place);
}
