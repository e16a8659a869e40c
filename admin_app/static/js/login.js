// @ts-check
/** The sign-in page. */

import { submitsJson } from "./auth_form.js";
import { localPath } from "./local_path.js";

if (location.hash === "#new-password") {
  /** @type {HTMLElement} */ (document.getElementById("new-password")).hidden = false;
}
submitsJson(
  "login-form",
  "/api/auth/login",
  (fields) => fields,
  () => location.assign(localPath(new URLSearchParams(location.search).get("next"), "/chat")),
);
