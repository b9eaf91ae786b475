// Runs in <head>, before the first paint.
(() => {
  let theme = matchMedia("(prefers-contrast: more)").matches ? "contrast" : "system";
  try { theme = localStorage.getItem("sentinel.theme") ?? theme; } catch { /* storage is switched off: follow the system */ }
  document.documentElement.dataset.theme = ["light", "dark", "contrast"].includes(theme) ? theme : "system";
})();
