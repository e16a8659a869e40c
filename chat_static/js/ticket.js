// @ts-check
/** Our place in the queue: a name for it, and how to watch it. */

/**
 * A random UUID, version 4 (RFC 9562). `randomUUID` exists on https and localhost only.
 * @param {Crypto} source
 * @returns {string}
 */
export function newTicketId(source = crypto) {
  if (typeof source.randomUUID === "function") return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} ends early when the signal fires */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/**
 * Look at a ticket every second until the signal fires; hidden tabs do not ask.
 * @param {() => Promise<any>} look
 * @param {(ticket: any) => void} onSeen
 * @param {AbortSignal} signal
 * @param {number} everyMs
 */
export async function watchTicket(look, onSeen, signal, everyMs = 1000) {
  for (await pause(everyMs, signal); !signal.aborted; await pause(everyMs, signal)) {
    if (globalThis.document?.hidden) continue;
    // One failed look says nothing about the request itself, which tells its own fate.
    const ticket = await look().catch(() => null);
    if (ticket && !signal.aborted) onSeen(ticket);
  }
}
