import assert from "node:assert/strict";
import { test } from "node:test";

import { whyNot } from "../../admin_app/static/js/upstream_words.js";

const failed = (status, said, message = `The server answered ${status}.`) => Object.assign(new Error(message), { status, said });

test("a server that does not know the route is said to be unable to do it", () => {
  for (const status of [404, 405, 501]) assert.match(whyNot(failed(status, {})), /^This upstream cannot do that: it answers/);
});

test("what Ollama says itself is passed on", () => {
  assert.equal(whyNot(failed(404, { error: "model 'a' not found" }, "model 'a' not found")), "model 'a' not found");
  assert.equal(whyNot(failed(500, {})), "The server answered 500.");
  assert.equal(whyNot(new Error("broken off")), "broken off");
});
