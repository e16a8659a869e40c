import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { lacking, UnkeptAnswers } from "../../chat_static/js/unkept.js";

const noted = new Map();
const storage = {
  getItem: (name) => noted.get(name) ?? null,
  setItem: (name, value) => noted.set(name, value),
  removeItem: (name) => noted.delete(name),
};

const answer = (content, state = "partial", more = {}) => ({ id: "a", parent_id: "q", role: "assistant", content, thinking: "", images: [], model: "m", state, statistics: { ticket: "t" }, ...more });
const unkept = (message, ticket = "t") => ({ chatId: "c", ticket, message });
const known = (...messages) => new Map(messages.map((message) => [message.id, message]));
const question = { ...answer("Why?", "complete"), id: "q", parent_id: null, role: "user" };

beforeEach(() => {
  noted.clear();
  globalThis.sessionStorage = storage;
});

test("the next page finds what had arrived when this one was left, once", () => {
  const growing = { content: "", thinking: "" };
  const page = new UnkeptAnswers();
  page.add(unkept(answer("")), growing);
  growing.content = "All of it";
  page.note();
  const next = new UnkeptAnswers();
  assert.deepEqual(next.take("another chat"), []);
  assert.deepEqual(next.take("c"), [unkept(answer("All of it"))]);
  assert.deepEqual(next.take("c"), []);
  assert.equal(noted.size, 0);
});

test("what the server has is not noted, unless it has been asked for again", () => {
  const page = new UnkeptAnswers();
  page.add(unkept(answer("one")));
  page.drop(unkept(answer("one")));
  page.note();
  assert.deepEqual(page.take("c"), []);
  page.add(unkept(answer("two"), "a later ticket"));
  page.drop(unkept(answer("one")));
  page.note();
  assert.deepEqual(page.take("c"), [unkept(answer("two"), "a later ticket")]);
});

test("a page that comes back as it was left forgets its notes", () => {
  const page = new UnkeptAnswers();
  page.add(unkept(answer("one")));
  page.note();
  page.forgetNotes();
  assert.deepEqual(page.take("c"), []);
});

test("without storage nothing is noted and nothing breaks", () => {
  globalThis.sessionStorage = { getItem: () => { throw new Error("forbidden"); }, setItem: () => { throw new Error("full"); } };
  const page = new UnkeptAnswers();
  page.add(unkept(answer("one")));
  page.note();
  assert.deepEqual(page.take("c"), []);
});

for (const [what, message, there, isLacking] of [
  ["more text", answer("one two"), [question, answer("one")], true],
  ["more thinking", answer("", "partial", { thinking: "hm" }), [question, answer("")], true],
  ["the whole answer", answer("one", "complete"), [question, answer("one")], true],
  ["an answer that never arrived", answer("one"), [question], true],
  ["the same text", answer("one"), [question, answer("one")], false],
  ["less text", answer("o"), [question, answer("one")], false],
  ["an answer that is complete", answer("one two"), [question, answer("one", "complete")], false],
  ["an answer tried again", answer("one two"), [question, answer("", "partial", { statistics: { ticket: "later" } })], false],
  ["an answer to nothing", answer("one"), [], false],
]) {
  test(`${isLacking ? "taken up" : "left alone"}: ${what}`, () => {
    assert.equal(lacking(known(...there), [unkept(message)]).length, isLacking ? 1 : 0);
  });
}
