import assert from "node:assert/strict";
import { test } from "node:test";

import { tokensOf } from "../../chat_static/js/dialect.js";
import { readFormula } from "../../chat_static/js/maths_syntax.js";

/** Every formula in a text, as [TeX, display?]. */
function formulas(text) {
  const found = [];
  const walk = (token) => {
    if (token.type.startsWith("maths")) found.push([token.tex, token.isDisplay]);
    for (const inner of [...(token.tokens ?? []), ...(token.items ?? [])]) walk(inner);
    for (const cell of [...(token.header ?? []), ...(token.rows ?? []).flat()]) cell.tokens.forEach(walk);
  };
  tokensOf(text).forEach(walk);
  return found;
}

const TABLE = [
  ["$x$", [["x", false]]],
  ["$a_b$ and $c_d$", [["a_b", false], ["c_d", false]]],
  ["\\(a*b*c\\)", [["a*b*c", false]]],
  ["so $$x^2$$ holds", [["x^2", true]]],
  ["\\[ x \\]", [["x", true]]],
  ["$$\nx = 1\n- y\n= z\n$$", [["x = 1\n- y\n= z", true]]],
  ["Text:\n$$\nx\n$$\nmore", [["x", true]]],
  ["Text:\n\\[\nx \\\\[2em] y\n\\]", [["x \\\\[2em] y", true]]],
  ["- item $y$\n  $$\n  z\n  $$", [["y", false], ["z", true]]],
  ["| a | b |\n|---|---|\n| $x$ | 1 |", [["x", false]]],
  ["**bold $x$**", [["x", false]]],
  ["$\\$5$", [["\\$5", false]]],
  // Not formulas.
  ["costs $5 and $10", []],
  ["between $5-$10", []],
  ["$ x $", []],
  ["`$x$` and ```$y$```", []],
  ["```\n$x$\n```", []],
  ["$x", []],
  ["a $`code`$", []],
  ["$$a\n\nb$$", []],
  ["\\(\\)", []],
  ["$$$$", []],
  ["US$ and A$", []],
];

for (const [text, expected] of TABLE) {
  test(`${JSON.stringify(text)} has ${expected.length} formulas`, () => assert.deepEqual(formulas(text), expected));
}

test("a formula's source tells its TeX and its place", () => {
  assert.deepEqual(readFormula("$x$"), { tex: "x", isDisplay: false });
  assert.deepEqual(readFormula("\\(x\\)"), { tex: "x", isDisplay: false });
  assert.deepEqual(readFormula("$$\nx\n$$"), { tex: "x", isDisplay: true });
  assert.deepEqual(readFormula("\\[x\\]"), { tex: "x", isDisplay: true });
  assert.deepEqual(readFormula("x"), { tex: "", isDisplay: false });
});

test("openings without end cost little", () => {
  for (const opening of ["\\[ ", "\\( ", "$$ a", "$a "]) {
    const start = performance.now();
    tokensOf(opening.repeat(5000));
    assert.ok(performance.now() - start < 2000, opening);
  }
});
