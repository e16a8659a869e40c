// @ts-check
/** The conversation on the page. Text goes in as text, never as markup. */

export class Transcript {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  /** @param {string} text */
  addQuestion(text) {
    const question = this.#add("user", "You");
    question.text.textContent = text;
    this.#scrollToEnd();
    return question.article;
  }

  /** @param {string} model @returns {Answer} an empty answer, to be filled */
  addAnswer(model) {
    const { article, text } = this.#add("assistant", model);
    this.#scrollToEnd();
    return new Answer(article, text, () => this.#isAtEnd(), () => this.#scrollToEnd());
  }

  /** @param {boolean} isBusy tells assistive technology to wait */
  set busy(isBusy) {
    this.element.setAttribute("aria-busy", String(isBusy));
  }

  clear() {
    this.element.replaceChildren();
  }

  /** @param {string} kind @param {string} name */
  #add(kind, name) {
    const article = document.createElement("article");
    const heading = document.createElement("h2");
    const text = document.createElement("p");
    article.className = kind;
    article.setAttribute("aria-label", name);
    heading.textContent = name;
    text.className = "text";
    article.append(heading, text);
    this.element.append(article);
    return { article, text };
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #scrollToEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }
}

export class Answer {
  /**
   * @param {HTMLElement} article
   * @param {HTMLElement} element
   * @param {() => boolean} isAtEnd
   * @param {() => void} follow
   */
  constructor(article, element, isAtEnd, follow) {
    this.article = article;
    this.element = element;
    this.isAtEnd = isAtEnd;
    this.follow = follow;
  }

  /** @returns {string} */
  get text() {
    return this.element.textContent ?? "";
  }

  /** @param {string} piece */
  append(piece) {
    const follows = this.isAtEnd();
    this.element.append(piece);
    if (follows) this.follow();
  }

  /** @param {string} line */
  finish(line) {
    // Many small text nodes become one, so that searching and selecting work as people expect.
    this.element.normalize();
    if (line === "") return;
    const follows = this.isAtEnd();
    const statistics = document.createElement("p");
    statistics.className = "statistics";
    statistics.textContent = line;
    this.article.append(statistics);
    if (follows) this.follow();
  }

  remove() {
    this.article.remove();
  }
}
