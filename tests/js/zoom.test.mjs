import assert from "node:assert/strict";
import { test } from "node:test";

import { isAll, zoomed } from "../../admin_app/static/js/zoom.js";

const whole = { min: 1000, max: 5000 };

test("larger is half as long around the same middle", () => {
  assert.deepEqual(zoomed(whole, whole, "in"), { min: 2000, max: 4000 });
  assert.equal(isAll(zoomed(whole, whole, "in"), whole), false);
});

test("there is an end to larger", () => {
  assert.deepEqual(zoomed({ min: 2000, max: 2240 }, whole, "in", 120), { min: 2060, max: 2180 });
  assert.deepEqual(zoomed({ min: 2000, max: 2230 }, whole, "in", 120), { min: 2000, max: 2230 });
});

test("earlier and later go by half of what is shown", () => {
  assert.deepEqual(zoomed({ min: 2000, max: 3000 }, whole, "earlier"), { min: 1500, max: 2500 });
  assert.deepEqual(zoomed({ min: 2000, max: 3000 }, whole, "later"), { min: 2500, max: 3500 });
});

test("at an end of the time is no further, and what is shown keeps its length", () => {
  assert.deepEqual(zoomed({ min: 1100, max: 2100 }, whole, "earlier"), { min: 1000, max: 2000 });
  assert.deepEqual(zoomed({ min: 3900, max: 4900 }, whole, "later"), { min: 4000, max: 5000 });
  assert.deepEqual(zoomed({ min: 4000, max: 5000 }, whole, "later"), { min: 4000, max: 5000 });
});

test("the whole is all of it", () => {
  assert.equal(zoomed({ min: 2000, max: 3000 }, whole, "whole"), whole);
  assert.equal(isAll(whole, whole), true);
});
