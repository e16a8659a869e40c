// @ts-check
/** Every word the chat page says to people, in one place so that it can be translated. Answers have their own. */

/** @param {number} number @returns {string} 1st, 2nd, 3rd, 4th, 11th, 21st */
export function ordinal(number) {
  const rest = number % 100;
  const ending = rest >= 11 && rest <= 13 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}

/** @param {number} count @param {string} one @param {string} [many] */
const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const KINDS = /** @type {Record<string, [string, string]>} */ ({
  direct_api: ["coding tool", "coding tools"],
  custom_app: ["app", "apps"],
  web_chat: ["chat", "chats"],
});

export const words = {
  product: "Sluice",
  chat: "Chat",
  newChat: "New chat",
  untitled: "Untitled chat",
  you: "You",
  model: "Model",
  /** @param {string} name */
  pageTitle: (name) => `${name} · Sluice`,
  /** @param {number} position */
  waitingTitle: (position) => `(${position}) Chat`,

  // sidebar
  chats: "Chats",
  showSidebar: "Show or hide the chats",
  closeSidebar: "Close the chats",
  searchChats: "Search chats",
  noChats: "Your chats will be listed here. They are kept on this server, for you alone.",
  listFailed: "The list of chats could not be loaded.",
  loadMore: "Show older chats",
  /** @param {string} title */
  rename: (title) => `Rename “${title}”`,
  /** @param {string} title */
  remove: (title) => `Delete “${title}”`,
  newName: "New name",
  /** @param {string} title */
  removed: (title) => `“${title}” is deleted.`,
  restored: "The chat is back.",
  undo: "Undo",
  dismiss: "Dismiss",
  isAnswering: "answering",
  days: { today: "Today", yesterday: "Yesterday", week: "Last 7 days", month: "Last 30 days", older: "Older" },

  // picker
  chooseModel: "Choose a model",
  findModel: "Find a model",
  loadingModels: "Loading models…",
  noModel: "No model",
  loaded: "Loaded, answer at once",
  available: "Available",
  noModelFound: "No model has this in its name.",
  adviceNoModel: "No model is installed. On the server, run: ollama pull NAME, then reload this page.",
  modelsFailed: "The models could not be listed.",
  capability: /** @type {Record<string, string>} */ ({ vision: "pictures", thinking: "thinks", tools: "tools" }),

  // composer
  yourMessage: "Your message",
  askSomething: "Ask something",
  send: "Send",
  stop: "Stop",
  hint: "Enter sends, Shift+Enter starts a new line, Esc stops the answer.",
  think: "Think",
  addPicture: "Add pictures",
  dropHere: "Drop pictures here",
  /** @param {string} name */
  removePicture: (name) => `Remove ${name}`,
  /** @param {number} number */
  picture: (number) => `Picture ${number}`,
  pictureLimit: "Up to 8 pictures a message; large ones are made smaller before they are sent.",
  tooManyPictures: "A message has at most 8 pictures. The others were left out.",
  /** @param {string} name */
  notAPicture: (name) => `${name} is not a picture that this browser can read.`,
  /** @param {string} name */
  pictureTooLarge: (name) => `${name} is too large, even after it was made smaller. Choose another picture.`,
  /** @param {string} model */
  noVision: (model) => `${model} cannot see pictures. They stay in the chat, but are not sent to it.`,
  /** @param {string} model */
  cannotSee: (model) => `${model} cannot see pictures. Choose a model marked “pictures” first.`,
  tooLong: "This message is longer than 1,000,000 characters. Shorten it, or send it in parts.",

  // waiting
  sending: "Sending…",
  heldHere: "Four of your questions are under way in this browser. This one is sent as soon as one of them ends.",
  /** @param {number} position */
  inLine: (position) => `${ordinal(position)} in line`,
  waitingInLine: "In line",
  /** @param {string} range */
  about: (range) => `about ${range}`,
  /** @param {string} time */
  waiting: (time) => `waiting ${time}`,
  /** @param {Record<string, number>} kinds @returns {string} empty when nobody is ahead */
  ahead: (kinds) => {
    const counts = Object.entries(KINDS).filter(([kind]) => kinds[kind] > 0);
    const parts = counts.map(([kind, names]) => counted(kinds[kind], ...names));
    const last = parts.pop();
    return last ? `${[parts.join(", "), last].filter(Boolean).join(" and ")} before you.` : "";
  },
  paused: "The administrator has paused the line. You keep your place.",
  draining: "The server is about to restart. You may have to ask again.",
  overtaken: "A request with higher priority came in.",
  slower: "The answers ahead of you take longer than expected.",
  /** @param {string} model */
  loadingModel: (model) => `Loading ${model}…`,
  reading: "Reading your prompt…",
  leave: "Leave",
  leaveHint: "Closing or reloading this page gives up your place; your message is kept.",
  notifyMe: "Notify me when it starts",
  notified: "You will be notified when it starts.",
  /** @param {string} title */
  hasStarted: (title) => `Your answer has started: ${title}`,

  // messages
  conversation: "Conversation",
  thinking: "Thinking…",
  /** @param {string} time */
  thoughtFor: (time) => (time ? `Thought for ${time}` : "Thoughts"),
  copyMessage: "Copy",
  copied: "Copied",
  notCopied: "Could not copy",
  edit: "Edit",
  saveEdit: "Send again",
  cancel: "Cancel",
  editMessage: "Edit your message",
  regenerate: "Regenerate",
  continue: "Continue",
  tryAgain: "Try again",
  earlierBranch: "Previous version",
  laterBranch: "Next version",
  /** @param {number} at @param {number} of */
  branch: (at, of) => `${at}/${of}`,
  /** @param {number} at @param {number} of */
  branchSpoken: (at, of) => `Version ${at} of ${of}`,
  jumpToLatest: "Jump to latest",
  stopped: "Stopped.",
  stoppedBefore: "You left the line before the answer began.",
  brokeOff: "This answer broke off when the page was left.",
  neverBegan: "The page was left before the answer began, which gave up its place.",
  elsewhere: "This is being answered in another window.",
  emptyAnswer: "The model ended without saying anything.",
  cutShort: "The answer reached the longest length the model may write.",
  emptyChat: "What would you like to know?",
  emptyChatMore: "Your chats are kept on this server. Models can be wrong: check what matters.",
  loadingChat: "Loading the chat…",

  // statistics
  /** @param {number} count */
  tokens: (count) => counted(count, "token"),
  /** @param {string} speed */
  speed: (speed) => `${speed} tokens/s`,
  /** @param {string} speed */
  promptSpeed: (speed) => `prompt ${speed} tokens/s`,
  /** @param {string} time */
  took: (time) => `took ${time}`,
  /** @param {string} time */
  loadTook: (time) => `loaded in ${time}`,
  /** @param {string} time */
  waited: (time) => `waited ${time}`,
  fewSeconds: "a few seconds",

  // spoken by screen readers
  said: {
    sent: "Sent.",
    /** @param {number} position */
    position: (position) => `Position ${position}.`,
    started: "The answer has started.",
    /** @param {number} count */
    complete: (count) => `Answer complete, ${counted(count, "word")}.`,
    stopped: "Stopped.",
  },

  // errors
  signIn: "Sign in",
  offline: "You are offline. What you write stays here; send it when the connection is back.",
  unsaved: "Not everything is saved on the server yet. It is tried again by itself; keep this page open.",
  unreachable: "The server cannot be reached.",
  /** @param {number} status */
  answered: (status) => `The server answered ${status}.`,
  brokeInside: "The connection broke off.",
  unfinished: "The answer broke off before its end.",
  endedInError: "The answer ended with an error.",
  unreadable: "The answer could not be understood.",
  /** @param {string} code */
  reason: (code) => `Reason: ${code}.`,
  advice: {
    signIn: "Your message is kept here. Sign in and it will be waiting for you.",
    unreachable: "Your message is kept. Check the connection, or wait until the server is back, then try again.",
    ownLimit: "Wait until some of your answers have ended, then try again.",
    busy: "Your message is kept. Try again in a moment.",
    /** @param {number} seconds */
    busyFor: (seconds) => `Your message is kept. Try again in about ${counted(seconds, "second")}.`,
    model: "Choose another model above, then try again.",
    cancelled: "Your message is kept. You can ask again.",
    csrf: "Reload this page, then try again.",
    again: "Your message is kept. You can try again.",
  },
  chatUnknown: "This chat does not exist any more. It may have been deleted on another device.",
  failedTitle: "That did not work.",

  // dialogs
  close: "Close",
  optionsTitle: "Options of this chat",
  options: "Options",
  /** @param {number} count */
  optionsChanged: (count) => `Options, ${count} changed`,
  changed: "changed",
  byDefault: "default",
  reset: "Reset all to default",
  save: "Save",
  option: {
    system: ["System prompt", "What the model should know or how it should answer, in every answer of this chat."],
    temperature: ["Temperature", "0 is predictable, 1 and above is inventive."],
    top_p: ["Top P", "From 0 to 1: how many unlikely words are left out."],
    num_ctx: ["Context length", "How many tokens of the chat the model sees. More takes more memory."],
    seed: ["Seed", "The same seed and settings give the same answer."],
    keep_alive: ["Keep loaded", "How long the model stays in memory afterwards: 5m, 1h, -1 for ever."],
  },
  searchTitle: "Search your chats",
  searchHint: "Words in titles and messages",
  nothingFound: "No chat has these words.",
  recent: "Recent chats",
  /** @param {number} count */
  found: (count) => `${counted(count, "chat")} found.`,
  keysTitle: "Keyboard",
  more: "More",
  moreTitle: "Chats and settings",
  theme: "Theme",
  themes: { system: "As the system", light: "Light", dark: "Dark" },
  exportOne: "Export this chat",
  exportAll: "Export all chats",
  asMarkdown: "Markdown",
  asJson: "JSON",
  importChats: "Import chats (JSON)",
  /** @param {number} count */
  imported: (count) => `${counted(count, "chat")} imported.`,
  notAnExport: "This file is not an export of chats.",
  notifyLabel: "Notify me when a waiting answer starts",
  keyboardList: "Keyboard shortcuts",
  account: "Account",
  admin: "Admin",
  keys: {
    send: "Send",
    newline: "New line",
    stop: "Stop the answer",
    newChat: "New chat",
    search: "Search chats",
    sidebar: "Show or hide the chats",
    focus: "Go to the message field",
    copyCode: "Copy the last code block",
    copyAnswer: "Copy the last answer",
    help: "This list",
    editLast: "Edit your last message (in an empty field)",
  },
};
