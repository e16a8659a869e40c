// @ts-check
/** Draws a component again when its answer enters another phase; text does not come this way. */

import { useEffect, useState } from "./vendored_ui.js";

/** @param {import("./flight.js").Flight | undefined} flight */
export function useFlight(flight) {
  const [, again] = useState(0);
  useEffect(() => flight?.subscribe((isText) => isText || again((turn) => turn + 1)), [flight]);
}

/** Draws a component again every second. @param {boolean} isRunning */
export function useSeconds(isRunning) {
  const [, again] = useState(0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => again((turn) => turn + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
}
