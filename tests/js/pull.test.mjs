import assert from "node:assert/strict";
import { test } from "node:test";

import { PullProgress } from "../../admin_app/static/js/pull_progress.js";

/** @param {any[]} records */
function after(...records) {
  const progress = new PullProgress();
  for (const record of records) progress.take(record);
  return progress;
}
const LAYER = { status: "pulling 8934d96d3f08", digest: "sha256:8934d96d3f08", total: 4_000_000_000 };

test("before anything is known there is no fraction and a word for it", () => {
  assert.equal(after().fraction, null);
  assert.equal(after().words, "starting");
  assert.equal(after({ status: "pulling manifest" }).words, "pulling manifest");
});

test("the layers add up, and the digest is not shown", () => {
  const progress = after({ ...LAYER, completed: 1_000_000_000 }, { ...LAYER, digest: "sha256:b", total: 1_000_000_000 });
  assert.equal(progress.fraction, 0.2);
  assert.equal(progress.words, "pulling: 1.0 GB of 5.0 GB");
});

test("the latest record of a layer counts, and never more than all of it", () => {
  assert.equal(after({ ...LAYER, completed: 1 }, { ...LAYER, completed: 9e9 }).fraction, 1);
});

test("only success is the end", () => {
  assert.equal(after({ ...LAYER, completed: LAYER.total }, { status: "verifying sha256 digest" }).isDone, false);
  assert.equal(after({ status: "success" }).isDone, true);
});

test("odd records change nothing", () => {
  assert.equal(after(null, 7, {}, { digest: 7, total: 5 }, { digest: "sha256:a", total: -1 }).fraction, null);
});
