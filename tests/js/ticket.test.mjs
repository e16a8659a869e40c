import assert from "node:assert/strict";
import { test } from "node:test";

import { newTicketId } from "../../chat_static/js/ticket.js";

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a ticket id is a random UUID", () => {
  assert.match(newTicketId(), UUID_4);
  assert.notEqual(newTicketId(), newTicketId());
});

test("without randomUUID the id has the same form", () => {
  const insecure = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  for (let round = 0; round < 100; round += 1) assert.match(newTicketId(insecure), UUID_4);
});
