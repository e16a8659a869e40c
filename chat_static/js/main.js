// @ts-check
/** The chat page: puts the parts together. */

import { Actions } from "./actions.js";
import { loadedModels, liveQueue, outlive } from "./api.js";
import { Answering } from "./answering.js";
import { App } from "./app.js";
import { ChatActions } from "./chat.js";
import { Keeper } from "./keeper.js";
import { Library } from "./library.js";
import { notifyOfStart } from "./notify.js";
import { Places } from "./places.js";
import { Poller } from "./poller.js";
import { problemOf } from "./problems.js";
import { currentFlight, firstState } from "./state.js";
import { Store } from "./store.js";
import { html, render } from "./vendored_ui.js";
import { words } from "./words.js";

const store = new Store(firstState());
const { locks } = navigator;
const poller = new Poller({
  look: liveQueue,
  locks,
  channel: "BroadcastChannel" in globalThis ? new BroadcastChannel("sluice.queue") : undefined,
  isHidden: () => document.hidden,
});
const keeper = new Keeper(
  (isUnsaved) => store.set({ isUnsaved }),
  (error) => store.set({ problem: problemOf(error) }),
);
const library = new Library(store, keeper);
const answering = new Answering(store, keeper, { places: new Places(locks), poller, loadedModels }, (chatId, hasStarted) => {
  const title = store.state.rows.find((row) => row.id === chatId)?.title ?? words.untitled;
  if (hasStarted) notifyOfStart(title);
});
const chat = new ChatActions(store, keeper, answering, (changed) => library.touch(changed));
const app = new Actions(store, chat, library);

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
function draw() {
  render(html`<${App} app=${app} state=${store.state} />`, root);
  const flight = currentFlight(store.state);
  watchTitle(flight);
}

/** The place stands in the title of the tab, so that people can see it from another one. @param {import("./flight.js").Flight | undefined} flight */
function watchTitle(flight) {
  const show = () => {
    const { title } = store.state.chat;
    const position = flight?.phase === "waiting" ? flight.card?.position : null;
    document.title = position ? words.waitingTitle(position) : words.pageTitle(title || words.chat);
  };
  unwatch();
  unwatch = flight?.subscribe((isText) => isText || show()) ?? (() => {});
  show();
}
let unwatch = () => {};

store.subscribe(draw);
addEventListener("pagehide", () => {
  outlive(true);
  keeper.leave();
  answering.leave();
});
addEventListener("pageshow", ({ persisted }) => {
  outlive(false);
  if (persisted) answering.comeBack();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  poller.compete();
  keeper.wake();
  library.load();
});
addEventListener("online", () => (store.set({ isOnline: true }), keeper.wake()));
addEventListener("offline", () => store.set({ isOnline: false }));
app.begin();
draw();
