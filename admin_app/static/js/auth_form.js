// @ts-check
/** What the sign-in and registration forms share: post JSON, show what went wrong. */

/**
 * @param {string} path
 * @param {object} fields
 * @returns {Promise<void>} throws an Error whose message is a sentence for people
 */
async function postJson(path, fields) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  }).catch(() => {
    throw new Error("The server cannot be reached. Check the connection and try again.");
  });
  if (answer.ok) return;
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.error ?? `The server answered ${answer.status}. Try again later.`);
}

/**
 * Send the form as JSON; on success call `then`. The button is off in the page, so that nothing is sent without us.
 * @param {string} formId
 * @param {string} path
 * @param {(fields: Record<string, string>) => object} complete makes the JSON of the fields
 * @param {() => Promise<void> | void} then
 */
export function submitsJson(formId, path, complete, then) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById(formId));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const problem = /** @type {HTMLElement} */ (document.getElementById("form-error"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
      await postJson(path, complete(fields));
      await then();
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  button.disabled = false;
}
