// @ts-check
/** The choice of model; the last one is remembered in this browser. */

const MEMORY = "sluice.model";

export class Picker {
  /** @param {HTMLSelectElement} select */
  constructor(select) {
    this.select = select;
    select.addEventListener("change", () => remember(select.value));
  }

  /** @returns {string} the chosen model, or nothing */
  get model() {
    return this.select.value;
  }

  /** @param {string[]} names */
  offer(names) {
    const remembered = lastModel();
    this.select.replaceChildren(...names.map((name) => new Option(name, name)));
    if (names.length === 0) this.select.append(new Option("no model", ""));
    else if (remembered !== null && names.includes(remembered)) this.select.value = remembered;
    this.select.disabled = names.length === 0;
  }
}

/** @param {string} model */
function remember(model) {
  try {
    localStorage.setItem(MEMORY, model);
  } catch {
    // Storage can be forbidden or full; then the choice lasts as long as the page.
  }
}

/** @returns {string | null} */
function lastModel() {
  try {
    return localStorage.getItem(MEMORY);
  } catch {
    return null;
  }
}
