// @ts-check
/** A classic script, so that it runs before anything is drawn and no page flashes in the wrong colours. */
try {
  const theme = localStorage.getItem("sluice.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here; the system's theme it is.
}
