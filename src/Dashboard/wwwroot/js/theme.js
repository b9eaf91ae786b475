// Runs in <head>, before the first paint.
(() => {
  let theme = "system";
  try { theme = localStorage.getItem("sentinel.theme") ?? "system"; } catch { /* storage is switched off: follow the system */ }
  document.documentElement.dataset.theme = ["light", "dark"].includes(theme) ? theme : "system";
})();
