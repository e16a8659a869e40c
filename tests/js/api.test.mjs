import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { ApiError, csrfToken, models, openChat, whoAmI } from "../../chat_static/js/api.js";

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
  delete globalThis.document;
});

test("the CSRF token is found among other cookies", () => {
  assert.equal(csrfToken("a=1; sluice_csrf=abc; b=2"), "abc");
  assert.equal(csrfToken("not_sluice_csrf=abc"), "");
  assert.equal(csrfToken(""), "");
});

test("a question carries the token, the ticket and the conversation", async () => {
  globalThis.document = { cookie: "sluice_csrf=abc" };
  let asked;
  globalThis.fetch = async (path, options) => ((asked = { path, ...options }), new Response(""));
  const messages = [{ role: "user", content: "hi" }];
  await openChat({ model: "m", messages, stream: true }, "some-ticket", new AbortController().signal);
  assert.equal(asked.path, "/api/chat");
  assert.equal(asked.headers["X-CSRF-Token"], "abc");
  assert.equal(asked.headers["X-Queue-Ticket"], "some-ticket");
  assert.deepEqual(JSON.parse(asked.body), { model: "m", messages, stream: true });
});

test("a refusal becomes its own sentence", async () => {
  globalThis.fetch = async () => Response.json({ error: "This session has ended." }, { status: 401 });
  await assert.rejects(whoAmI(), (error) => error instanceof ApiError && error.status === 401 && /ended/.test(error.message));
});

test("a refusal brings its reason and when to come back", async () => {
  const headers = { "X-Sluice-Reason": "own_limit", "Retry-After": "10" };
  globalThis.fetch = async () => Response.json({ error: "Too many." }, { status: 429, headers });
  await assert.rejects(whoAmI(), { status: 429, reason: "own_limit", retryAfterS: 10 });
});

test("models that can chat are listed, those in memory first", async () => {
  const installed = [
    { name: "cold:1b", size: 5, capabilities: ["completion"], details: { parameter_size: "1B" } },
    { name: "embed:1b", size: 5, capabilities: ["embedding"] },
    { name: "warm:1b", size: 7 },
  ];
  globalThis.fetch = async (path) => Response.json({ models: path === "/api/tags" ? installed : [{ name: "warm:1b" }] });
  assert.deepEqual(await models(), [
    { name: "warm:1b", size: 7, capabilities: null, parameters: "", isLoaded: true },
    { name: "cold:1b", size: 5, capabilities: ["completion"], parameters: "1B", isLoaded: false },
  ]);
});

test("an answer that is not JSON still becomes a sentence", async () => {
  globalThis.fetch = async () => new Response("<html>", { status: 502 });
  await assert.rejects(whoAmI(), /502/);
});

test("a server that is away becomes a sentence", async () => {
  globalThis.fetch = async () => { throw new TypeError("failed to fetch"); };
  await assert.rejects(whoAmI(), (error) => error instanceof ApiError && error.status === 0);
});

test("stopping is not turned into another error", async () => {
  globalThis.fetch = async () => { throw new DOMException("stopped", "AbortError"); };
  await assert.rejects(whoAmI(), { name: "AbortError" });
});
