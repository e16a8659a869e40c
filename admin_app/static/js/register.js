// @ts-check
/** The set-up and registration pages. The invite's token stands in the fragment, which browsers keep to themselves. */

import { submitsJson } from "./auth_form.js";

async function goOn() {
  // The account is made: whatever fails now must not look as if it were not.
  const answer = await fetch("/api/auth/session").catch(() => null);
  const session = answer?.ok ? await answer.json() : { is_admin: false };
  // `replace`: the link is used up, so the way back must not lead to it.
  location.replace(session.is_admin ? session.admin_url : "/chat");
}

const problem = /** @type {HTMLElement} */ (document.getElementById("form-error"));
if (location.hash.length < 2) {
  problem.textContent = "This address holds no invite. Open the whole link that you were given.";
  problem.hidden = false;
}
submitsJson(
  "register-form",
  "/api/auth/register",
  (fields) => ({ ...fields, token: location.hash.slice(1) }),
  goOn,
);
