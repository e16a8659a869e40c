import assert from "node:assert/strict";
import { test } from "node:test";

import { BrokenStreamError, errorOf, NdjsonReader } from "../../chat_static/js/ndjson.js";

const bytes = (text) => new TextEncoder().encode(text);

/** Feed the text in pieces of one size and collect every record. */
function readIn(size, text) {
  const whole = bytes(text);
  const reader = new NdjsonReader();
  const records = [];
  for (let at = 0; at < whole.length; at += size) records.push(...reader.push(whole.slice(at, at + size)));
  return [...records, ...reader.end()];
}

test("records are the same however the bytes are cut", () => {
  const text = '{"a":"héllo 🌊"}\n{"b":2}\n\n{"c":"日本"}\n';
  const expected = [{ a: "héllo 🌊" }, { b: 2 }, { c: "日本" }];
  for (let size = 1; size <= 20; size += 1) assert.deepEqual(readIn(size, text), expected);
});

test("the spaces of a heartbeat before the first record mean nothing", () => {
  assert.deepEqual(readIn(1, '   {"a":1}\n'), [{ a: 1 }]);
  assert.deepEqual([...new NdjsonReader().push(bytes("  "))], []);
});

test("carriage returns before newlines are harmless", () => {
  assert.deepEqual(readIn(3, '{"a":1}\r\n{"b":2}\r\n'), [{ a: 1 }, { b: 2 }]);
});

test("a last record without newline is read at the end", () => {
  assert.deepEqual(readIn(4, '{"a":1}\n{"b":2}'), [{ a: 1 }, { b: 2 }]);
});

test("a stream that breaks off within a record is an error with a sentence", () => {
  assert.throws(() => readIn(4, '{"a":1}\n{"b":'), BrokenStreamError);
});

test("what came before a broken record is not lost", () => {
  const records = [];
  assert.throws(() => {
    for (const record of new NdjsonReader().push(bytes('{"a":1}\n{broken\n{"c":3}\n'))) records.push(record);
  }, BrokenStreamError);
  assert.deepEqual(records, [{ a: 1 }]);
});

test("errors are found in every shape", () => {
  assert.equal(errorOf({ error: "model gone" }), "model gone");
  assert.equal(errorOf({ error: { message: "model gone" } }), "model gone");
  assert.match(errorOf({ error: {} }), /error/);
  assert.equal(errorOf({ message: { content: "error" } }), null);
  assert.equal(errorOf(null), null);
});
