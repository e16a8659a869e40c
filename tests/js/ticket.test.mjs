import assert from "node:assert/strict";
import { test } from "node:test";

import { newTicketId, watchTicket } from "../../chat_static/js/ticket.js";

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a ticket id is a random UUID", () => {
  assert.match(newTicketId(), UUID_4);
  assert.notEqual(newTicketId(), newTicketId());
});

test("without randomUUID the id has the same form", () => {
  const insecure = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  for (let round = 0; round < 100; round += 1) assert.match(newTicketId(insecure), UUID_4);
});

test("watching reports every look and stops with its signal", async () => {
  const stop = new AbortController();
  const seen = [];
  const look = async () => ({ position: 3 - seen.length });
  await watchTicket(look, (ticket) => (seen.push(ticket.position), seen.length === 3 && stop.abort()), stop.signal, 1);
  assert.deepEqual(seen, [3, 2, 1]);
});

test("a failed look is not the end of watching", async () => {
  const stop = new AbortController();
  let looks = 0;
  const look = async () => {
    looks += 1;
    if (looks === 1) throw new Error("not yet");
    return { position: 1 };
  };
  const seen = [];
  await watchTicket(look, (ticket) => (seen.push(ticket.position), stop.abort()), stop.signal, 1);
  assert.deepEqual(seen, [1]);
});

test("a signal that has fired already means no look at all", async () => {
  await watchTicket(() => assert.fail("looked"), () => assert.fail("seen"), AbortSignal.abort(), 1);
});
