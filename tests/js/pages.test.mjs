import assert from "node:assert/strict";
import { test } from "node:test";

import { localPath } from "../../admin_app/static/js/local_path.js";
import { runningRow, statusLine, waitingRow } from "../../admin_app/static/js/queue_rows.js";

test("after signing in only paths of this site are gone to", () => {
  for (const path of ["/", "/admin", "/chat?model=a%20b", "/admin#keys"]) assert.equal(localPath(path, "/chat"), path);
});

test("anything that a browser could read as another site leads to the chat", () => {
  const foreign = [null, "", "admin", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "/é"];
  for (const path of foreign) assert.equal(localPath(path, "/chat"), "/chat");
});

test("a waiting ticket shows its place and both priorities", () => {
  const ticket = { position: 2, principal: "ann", class: "web_chat", model: "m", base: 3, effective: 2.456, waited_s: 61.2 };
  assert.deepEqual(waitingRow(ticket), ["2", "ann", "web_chat", "m", "3", "2.46", "61 s", ""]);
});

test("a running ticket shows its time and tokens, and nothing for what the gate does not tell", () => {
  const ticket = { principal: "ann", class: "web_chat", model: "m", running_s: 5.4, tokens: 12 };
  assert.deepEqual(runningRow(ticket), ["running", "ann", "web_chat", "m", "", "", "5 s", "12"]);
});

test("the status line counts slots and the waiting", () => {
  const queue = { state: "open", slots: { total: 2, used: 1 }, running: [{}], waiting: [] };
  assert.equal(statusLine(queue), "The gate is open. 1 of 2 slots in use, nobody waits.");
  assert.match(statusLine({ ...queue, waiting: [{}, {}] }), /2 waiting/);
});

test("letters that cannot be seen, or turn the line around, are shown by their number", () => {
  const ticket = { position: 1, principal: "a\u200bnn", class: "web_chat", model: "\u202eledom<b>" };
  assert.deepEqual(waitingRow(ticket).slice(1, 4), ["a\\u200bnn", "web_chat", "\\u202eledom<b>"]);
});
