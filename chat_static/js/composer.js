// @ts-check
/** The message field and its one button, which sends or stops. */

export class Composer {
  #isAnswering = false;
  #canSend = false;

  /**
   * @param {HTMLFormElement} form
   * @param {{send: (prompt: string) => void, stop: () => void}} actions
   */
  constructor(form, actions) {
    this.field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    this.actions = actions;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#press();
    });
    this.field.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("keydown", (event) => {
      // While an input method composes, Escape belongs to it, as Enter does.
      if (event.key === "Escape" && !event.isComposing && this.#isAnswering) this.actions.stop();
    });
  }

  /** @param {boolean} canSend whether there is a model to ask */
  set canSend(canSend) {
    this.#canSend = canSend;
    this.#show();
  }

  /** @param {boolean} isAnswering whether the button is to stop rather than send */
  set answering(isAnswering) {
    this.#isAnswering = isAnswering;
    this.#show();
  }

  /** Give a prompt back after an error; what was typed meanwhile is kept below it. @param {string} prompt */
  giveBack(prompt) {
    const typed = this.field.value;
    this.field.value = typed.trim() === "" ? prompt : `${prompt}\n\n${typed}`;
    this.field.focus();
  }

  #show() {
    this.button.textContent = this.#isAnswering ? "Stop" : "Send";
    this.button.disabled = !this.#isAnswering && !this.#canSend;
  }

  #press() {
    if (this.#isAnswering) this.actions.stop();
    else this.#send();
  }

  #send() {
    const prompt = this.field.value;
    if (prompt.trim() === "" || !this.#canSend || this.#isAnswering) return;
    this.field.value = "";
    this.field.focus();
    this.actions.send(prompt);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While an input method composes a letter, Enter belongs to it (keyCode 229 in Safari).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }
}
