import assert from "node:assert/strict";
import { test } from "node:test";

import { ThinkTags } from "../../chat_static/js/think_tags.js";

function read(pieces) {
  const tags = new ThinkTags();
  const found = [...pieces.map((piece) => tags.push(piece)), tags.end()];
  return { thinking: found.map((each) => each.thinking).join(""), content: found.map((each) => each.content).join("") };
}

const CASES = [
  ["<think>a b</think>\n\nc d", "a b", "c d"],
  ["\n<think>a</think>b", "a", "b"],
  ["no tags at all", "", "no tags at all"],
  ["later <think>a</think> is text", "", "later <think>a</think> is text"],
  ["<thinner> than it looks", "", "<thinner> than it looks"],
  ["<think>never closed", "never closed", ""],
  ["<think>a </b> </thinking> c</think>d", "a </b> </thinking> c", "d"],
  ["<think></think>x", "", "x"],
  ["<thi", "", "<thi"],
];

test("thinking between tags is told apart, however the text is split", () => {
  for (const [text, thinking, content] of CASES) {
    for (let at = 0; at <= text.length; at += 1) {
      assert.deepEqual(read([text.slice(0, at), text.slice(at)]), { thinking, content }, `${text} at ${at}`);
    }
    assert.deepEqual(read([...text]), { thinking, content }, text);
  }
});
