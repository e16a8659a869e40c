// @ts-check
/** How far a pull is, from the records that Ollama streams; pure, so that it can be tested without a page. */

/** @param {number} bytes @returns {string} */
const size = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);

export class PullProgress {
  /** @type {Map<string, {done: number, total: number}>} */
  #layers = new Map();
  #status = "";

  /** @param {any} record one line of the answer of `/api/pull` */
  take(record) {
    this.#status = String(record?.status ?? this.#status);
    const { digest, total, completed } = record ?? {};
    if (typeof digest === "string" && total > 0) this.#layers.set(digest, { done: Math.min(Number(completed) || 0, total), total });
  }

  /** @returns {boolean} whether Ollama has said that all of it is there */
  get isDone() {
    return this.#status === "success";
  }

  /** @returns {number | null} 0 to 1, of the layers told so far; null while none is */
  get fraction() {
    const total = this.#sum("total");
    return total > 0 ? this.#sum("done") / total : null;
  }

  /** @returns {string} what Ollama is doing, with the bytes so far */
  get words() {
    // The digest in it says nothing to people.
    const status = this.#status.replace(/^pulling [0-9a-f]{12,}.*/, "pulling") || "starting";
    return this.fraction === null ? status : `${status}: ${size(this.#sum("done"))} of ${size(this.#sum("total"))}`;
  }

  /** @param {"done" | "total"} name */
  #sum(name) {
    return [...this.#layers.values()].reduce((sum, layer) => sum + layer[name], 0);
  }
}
