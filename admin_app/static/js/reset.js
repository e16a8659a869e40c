// @ts-check
/** The page of a one-time link. Its token stands in the fragment, which browsers keep to themselves. */

import { submitsJson } from "./auth_form.js";

const problem = /** @type {HTMLElement} */ (document.getElementById("form-error"));
if (location.hash.length < 2) {
  problem.textContent = "This address holds no one-time code. Open the whole link that you were given.";
  problem.hidden = false;
}
submitsJson(
  "reset-form",
  "/api/auth/reset",
  (fields) => ({ ...fields, token: location.hash.slice(1) }),
  // `replace`: the link is used up, so the way back must not lead to it.
  () => location.replace("/login#new-password"),
);
