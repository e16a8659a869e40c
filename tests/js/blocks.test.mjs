import assert from "node:assert/strict";
import { test } from "node:test";

import { Blocks, isClosedFence } from "../../chat_static/js/blocks.js";
import { tokensOf } from "../../chat_static/js/dialect.js";

const ANSWER = `# Title

First paragraph with [a link][1] and *stress*,
on two lines.

Setext
------

1. one

   \`\`\`python
   print("1")

   \`\`\`
2. two
   - inner

     more

   - [x] done

10. ten

> quoted
> - list in it

| a | b |
|---|--:|
| 1 | 2 |

\`\`\`\`md
\`\`\`
not closed yet
\`\`\`
\`\`\`\`

    indented code

$$
x = 1
- y
$$

text <b>bold</b> $a_b$ and \\[ c \\]
***
- [ ] todo
* other list

[1]: https://example.org "Title"

Last.`;

const shape = (blocks) => blocks.map(({ token, items }) => [token.type, token.raw.trimEnd(), items?.length]);
const read = (text) => new Blocks().read(text, true);

test("reading an answer as it grows ends where reading it at once does, at every length", () => {
  const growing = new Blocks();
  for (let length = 1; length <= ANSWER.length; length += 1) {
    const text = ANSWER.slice(0, length);
    assert.deepEqual(shape(growing.read(text)), shape(read(text)), `after ${JSON.stringify(text.slice(-40))}`);
  }
});

test("it does in pieces of any size", () => {
  for (const size of [2, 3, 7, 19, 64]) {
    const growing = new Blocks();
    for (let end = 0; end < ANSWER.length; end += size) growing.read(ANSWER.slice(0, end));
    assert.deepEqual(shape(growing.read(ANSWER)), shape(read(ANSWER)), `${size} characters at a time`);
  }
});

test("a block that has not changed is the same object, so that nobody draws it again", () => {
  const blocks = new Blocks();
  const [before] = blocks.read("First.\n\nSecond");
  const [after, second] = blocks.read("First.\n\nSecond, longer");
  assert.equal(after, before);
  assert.equal(second.token.text, "Second, longer");
});

test("of a list that grows only the last item is new", () => {
  const blocks = new Blocks();
  const [before] = blocks.read("- one\n- two\n- thr");
  const [after] = blocks.read("- one\n- two\n- three");
  assert.deepEqual(after.items.map((item, index) => item === before.items[index]), [true, true, false]);
});

test("an empty line between items makes all of them new, since they get paragraphs", () => {
  const blocks = new Blocks();
  const [before] = blocks.read("- one\n- two");
  const [after] = blocks.read("- one\n- two\n\n- three");
  assert.notEqual(after.items[0], before.items[0]);
});

test("a definition at the end gives names in brackets their meaning, also far above", () => {
  const blocks = new Blocks();
  const start = "See [the book][b].\n\n" + "Paragraph.\n\n".repeat(20);
  const [before, plain] = blocks.read(start);
  const [after, samePlain] = blocks.read(`${start}[b]: https://example.org\n\nEnd.`);
  assert.equal(before.token.tokens.some(({ type }) => type === "link"), false);
  assert.equal(after.token.tokens.some(({ type }) => type === "link"), true);
  assert.equal(samePlain, plain);
});

test("a definition read long ago still counts", () => {
  const blocks = new Blocks();
  const start = "[b]: https://example.org\n\n" + "Paragraph.\n\n".repeat(20);
  blocks.read(start);
  const last = blocks.read(`${start}See [b]`).at(-1);
  assert.equal(last.token.tokens.some(({ type }) => type === "link"), true);
});

test("only the end of a long answer is read again", () => {
  const blocks = new Blocks();
  const text = "A paragraph of some words.\n\n".repeat(4000);
  blocks.read(text);
  const start = performance.now();
  for (let count = 1; count <= 100; count += 1) blocks.read(text + "x".repeat(count));
  assert.ok((performance.now() - start) / 100 < 10, "each reading took 10 ms or more");
});

test("text that is replaced is read from its beginning", () => {
  const blocks = new Blocks();
  blocks.read("# One\n\na\n\nb\n\nc\n\nd");
  assert.deepEqual(shape(blocks.read("Other")), [["paragraph", "Other", undefined]]);
});

test("line ends of any system are the same", () => {
  assert.deepEqual(shape(read("a\r\n\r\n- b\r- c")), shape(read("a\n\n- b\n- c")));
});

test("a fence is closed by one of its own kind, at least as long", () => {
  const closed = ["```\na\n```", "```js\n```", "~~~\na\n~~~~\n\n", "````\n```\n````"];
  const open = ["```", "```\na", "```\na\n``", "````\na\n```", "~~~\n```", "    indented"];
  const isClosed = (text) => isClosedFence(tokensOf(text)[0]);
  assert.deepEqual(closed.map(isClosed), closed.map(() => true));
  assert.deepEqual(open.map(isClosed), open.map(() => false));
});

test("a text nested beyond all reason is shown as it is", () => {
  const text = ">".repeat(30_000);
  assert.deepEqual(read(text).map(({ token }) => token.text), [text]);
});

/** Which blocks two readings share, parts of parts included. */
const shared = (before, after) =>
  after.map((block, index) => (block === before?.[index] ? true : block.items ? shared(before?.[index]?.items, block.items) : false));

test("of a table that grows only the last row is new", () => {
  const blocks = new Blocks();
  const before = blocks.read("| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | ");
  assert.deepEqual(shared(before, blocks.read("| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n| 5")), [[true, false, false]]);
});

test("of a list within a list only the last inner item is new", () => {
  const blocks = new Blocks();
  const before = blocks.read("- [x] top **bold**\n  - one\n  - tw");
  const after = blocks.read("- [x] top **bold**\n  - one\n  - two");
  assert.deepEqual(shared(before, after), [[[true, [true, false]]]]);
  const [text] = after[0].items[0].items;
  assert.deepEqual([text.token.type, text.token.raw], ["item_text", "[x] top **bold**\n"]);
});

test("a table whose columns change is new", () => {
  const blocks = new Blocks();
  const before = blocks.read("| a | b |\n|---|---|\n| 1 | 2 |");
  const [after] = blocks.read("| a | b |\n|--:|---|\n| 1 | 2 |");
  assert.notEqual(after.frame, before[0].frame);
  assert.notEqual(after.items[0], before[0].items[0]);
});
