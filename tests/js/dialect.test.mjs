import assert from "node:assert/strict";
import { test } from "node:test";

import { htmlOf, isSafeAddress, tokensOf } from "../../chat_static/js/dialect.js";

const html = (text) => tokensOf(text).map(htmlOf).join("").trim();

test("raw HTML is text, in blocks and in lines", () => {
  assert.equal(html('<script>hit()</script>'), "<p>&lt;script&gt;hit()&lt;/script&gt;</p>");
  assert.equal(html('a <img src=x onerror="hit()"> b'), "<p>a &lt;img src=x onerror=&quot;hit()&quot;&gt; b</p>");
  assert.equal(html("<div>\n**a**\n</div>"), "<p>&lt;div&gt;\n<strong>a</strong>\n&lt;/div&gt;</p>");
});

test("a line break is the one tag that is understood, because tables have no other", () => {
  assert.equal(html("a<br>b<BR/>c<br onclick=hit()>d"), "<p>a<br>b<br>c&lt;br onclick=hit()&gt;d</p>");
});

test("links lead to http, https and mailto alone", () => {
  for (const good of ["http://a.b", "https://a.b/c?d#e", "HTTPS://A.B", "mailto:a@b.c"]) {
    assert.equal(isSafeAddress(good), true, good);
    assert.match(html(`[x](${good})`), /<a href=/);
  }
  const bad = [
    "javascript:hit()", "JavaScript:hit()", "java\tscript:hit()", " javascript:hit()", "data:text/html,x", "vbscript:x", "file:///etc",
    "blob:https://a", "//evil.test", "/admin", "#top", "admin", "?q", "http:evil", "https://", "\u0001javascript:hit()", "&#106;avascript:hit()",
  ];
  for (const address of bad) {
    assert.equal(isSafeAddress(address), false, address);
    assert.doesNotMatch(html(`[x](<${address}>)`), /<a /, address);
  }
});

test("an address cannot leave its attribute", () => {
  assert.equal(html('[x](https://a.b/"onclick=hit() "t\'><b>")').includes("<b>"), false);
  assert.equal(html('<https://a.b/"onclick="hit()>').includes('"onclick'), false);
});

test("a remote picture is a link, any other its name", () => {
  assert.equal(html("![cat](https://a.b/c.png)"), '<p><a href="https://a.b/c.png">Picture: cat</a></p>');
  assert.equal(html("![<b>](data:image/png;base64,AAAA)"), "<p>Picture: &lt;b&gt;</p>");
  assert.equal(html("![](/admin/logout)"), "<p>Picture</p>");
});

test("headings start below the message's own", () => {
  assert.equal(html("# a"), "<h3>a</h3>");
  assert.equal(html("###### a"), "<h6>a</h6>");
});

test("boxes to tick are signs", () => {
  const list = html("- [x] a\n- [ ] b");
  assert.match(list, /☑ a/);
  assert.match(list, /☐ b/);
  assert.doesNotMatch(list, /<input/);
});

test("what a fence says about its language stays in its attribute", () => {
  assert.equal(html('```"><img src=x>\na\n```').includes("<img"), false);
});
