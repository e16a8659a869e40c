// @ts-check
/** A component that is drawn again only when what it is given has changed. */

import { Component, h } from "./vendored_ui.js";

/** @param {(props: any) => any} draw @returns {any} */
export function memo(draw) {
  return class extends Component {
    /** @param {any} next */
    shouldComponentUpdate(next) {
      const before = /** @type {any} */ (this).props;
      return Object.keys({ ...before, ...next }).some((name) => before[name] !== next[name]);
    }

    /** @param {any} props */
    render(props) {
      return h(draw, props);
    }
  };
}
