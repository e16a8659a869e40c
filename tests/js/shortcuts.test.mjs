import assert from "node:assert/strict";
import { test } from "node:test";

import { commandOf, spoken } from "../../chat_static/js/shortcuts.js";
import { words } from "../../chat_static/js/words.js";

const press = (key, code, more = {}) => ({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
const ctrl = { ctrlKey: true };
const both = { ctrlKey: true, shiftKey: true };

test("the keys of the list do what it says", () => {
  const expected = [
    ["newChat", press("O", "KeyO", both)],
    ["search", press("k", "KeyK", ctrl)],
    ["sidebar", press("S", "KeyS", both)],
    ["sidebar", press("b", "KeyB", ctrl)],
    ["copyCode", press(":", "Semicolon", both)],
    ["copyAnswer", press("C", "KeyC", both)],
    ["help", press("/", "Slash", ctrl)],
    ["focus", press("Escape", "Escape", { shiftKey: true })],
  ];
  for (const [name, each] of expected) assert.equal(commandOf(each, false), name);
});

test("on a Mac the command key takes the place of control", () => {
  assert.equal(commandOf(press("k", "KeyK", { metaKey: true }), true), "search");
  assert.equal(commandOf(press("k", "KeyK", ctrl), true), null);
});

test("on a keyboard without Latin letters the place of the key counts", () => {
  assert.equal(commandOf(press("л", "KeyK", ctrl), false), "search");
});

test("a letter in another place is that letter", () => {
  assert.equal(commandOf(press("t", "KeyK", ctrl), false), null);
});

test("plain letters, AltGr and bare copying are left alone", () => {
  assert.equal(commandOf(press("k", "KeyK"), false), null);
  assert.equal(commandOf(press("k", "KeyK", { ...ctrl, altKey: true }), false), null);
  assert.equal(commandOf(press("c", "KeyC", ctrl), false), null);
  assert.equal(commandOf(press("Escape", "Escape"), false), null);
});

test("every shortcut has its words", () => {
  for (const { name } of spoken(false)) assert.ok(words.keys[name]);
  assert.deepEqual(new Set(spoken(true).map(({ name }) => name)), new Set(Object.keys(words.keys)));
});
