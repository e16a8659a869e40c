import assert from "node:assert/strict";
import { test } from "node:test";

import { markdownOf, fileName } from "../../chat_static/js/export.js";
import { questionOf } from "../../chat_static/js/question.js";
import { childrenOf, lastLeaf, leafBelow, pathTo, titleOf, withMessage } from "../../chat_static/js/tree.js";

const message = (id, parent_id, role = "user", more = {}) => ({ id, parent_id, role, content: id, thinking: "", images: [], model: "m", state: "complete", statistics: null, ...more });
// a - b - c - d, with another answer beside b, and another question after it
const tree = () => new Map([message("a", null), message("b", "a", "assistant"), message("c", "b"), message("d", "c", "assistant"), message("b2", "a", "assistant"), message("c2", "b2")].map((each) => [each.id, each]));
const ids = (messages) => messages.map((each) => each.id);

test("the path leads from the first message to the leaf", () => {
  assert.deepEqual(ids(pathTo(tree(), "d")), ["a", "b", "c", "d"]);
  assert.deepEqual(ids(pathTo(tree(), "c2")), ["a", "b2", "c2"]);
  assert.deepEqual(pathTo(tree(), null), []);
  assert.deepEqual(pathTo(tree(), "unknown"), []);
});

test("a circle ends", () => {
  const circle = new Map([["a", message("a", "b")], ["b", message("b", "a")]]);
  assert.deepEqual(ids(pathTo(circle, "a")), ["b", "a"]);
  assert.ok(leafBelow(circle, "a"));
});

test("siblings are in the order in which they were made", () => {
  assert.deepEqual(childrenOf(tree(), "a"), ["b", "b2"]);
});

test("a branch is shown down to its latest end", () => {
  assert.equal(leafBelow(tree(), "b"), "d");
  assert.equal(leafBelow(tree(), "b2"), "c2");
  assert.equal(lastLeaf(tree()), "c2");
  assert.equal(lastLeaf(new Map()), null);
});

test("a message is added or replaced, and the tree before stays as it was", () => {
  const before = tree();
  assert.equal(withMessage(before, message("b", "a", "assistant", { content: "new" })).get("b").content, "new");
  assert.equal(before.get("b").content, "b");
});

test("a title is the first line, cut between words", () => {
  assert.equal(titleOf("  # Plan my\tday\nplease"), "Plan my day");
  const long = titleOf("Explain in detail how a queue with priorities that age works under load, please");
  assert.ok(long.length <= 61 && long.endsWith("…") && !long.endsWith(" …"), long);
  assert.equal(titleOf("x".repeat(200)).length, 61);
});

test("the question holds the path, the system prompt and the options that differ", () => {
  const path = [message("a", null), message("b", "a", "assistant", { content: "", state: "failed" }), message("c", "b")];
  assert.deepEqual(questionOf(path, "m", { system: "Be brief.", temperature: 0, num_ctx: 4096, keep_alive: "5m" }, ["completion"]), {
    model: "m",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "a" }, { role: "user", content: "c" }],
    stream: true,
    options: { temperature: 0, num_ctx: 4096 },
    keep_alive: "5m",
  });
});

test("what a model cannot do is not asked of it", () => {
  const path = [message("a", null, "user", { images: ["AAAA"] })];
  assert.deepEqual(questionOf(path, "m", { think: true }, ["completion"]).messages, [{ role: "user", content: "a" }]);
  assert.equal("think" in questionOf(path, "m", {}, ["completion"]), false);
  assert.deepEqual(questionOf(path, "m", {}, ["vision"]).messages[0].images, ["AAAA"]);
  assert.equal(questionOf(path, "m", {}, ["thinking"]).think, true);
  assert.equal(questionOf(path, "m", { think: false }, ["thinking"]).think, false);
});

test("a number to keep loaded is sent as a number", () => {
  assert.equal(questionOf([], "m", { keep_alive: "-1" }, null).keep_alive, -1);
});

test("Markdown has the title, the system prompt and the shown branch", () => {
  const chat = { title: "T", settings: { system: "S" }, leaf_id: "b2", messages: [...tree().values()] };
  assert.equal(markdownOf(chat), "# T\n\n> S\n\n## You\n\na\n\n## m\n\nb2\n");
});

test("a file name is one on every system", () => {
  assert.equal(fileName('a/b\\c:"d"? <é>', "md"), "a b c d é.md");
  assert.equal(fileName("../..", "json"), "chat.json");
});
