// Theme, keyboard, dialogs and reconnection: what must work without a round trip to the monitor.
(() => {
  "use strict";
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage is off: lasts for this page */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const hasSingleKeys = () => recall("sentinel.keys") !== "off";

  // Theme: system → light → dark → system.
  const themes = { system: "follow system", light: "light", dark: "dark" };
  const labelTheme = () => {
    const button = document.querySelector("[data-theme-toggle]");
    const label = "Theme: " + themes[root.dataset.theme];
    if (button && button.getAttribute("aria-label") !== label) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
  };
  const nextTheme = () => {
    const order = Object.keys(themes);
    const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
    root.dataset.theme = next;
    remember("sentinel.theme", next);
    labelTheme();
  };

  // Dialogs.
  const openHelp = () => {
    const dialog = document.getElementById("keyboard-help");
    if (!dialog || dialog.open) return;
    dialog.querySelector("[data-single-keys]").checked = hasSingleKeys();
    dialog.showModal();
  };

  // Rows: arrows and j/k move, Enter and click open the row's own link.
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const moveRow = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(document.activeElement.closest?.("[data-row]"));
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))].focus();
  };
  const openRow = (row) => row.querySelector("a.row-link")?.click();

  const copyLink = async (button) => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.classList.add("is-done");
      setTimeout(() => button.classList.remove("is-done"), 1200);
    } catch { button.title = "The browser does not allow copying; the address bar has the link."; }
  };

  const places = { o: "/", a: "/alerts", i: "/incidents", r: "/responses", c: "/compliance", n: "/network" };
  const go = (address) => (window.Blazor ? window.Blazor.navigateTo(address) : location.assign(address));
  const isTyping = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  let waitsForPlace = 0;

  const onSingleKey = (event) => {
    const key = event.key;
    if (waitsForPlace > event.timeStamp && places[key]) { waitsForPlace = 0; go(places[key]); return true; }
    if (key === "g") { waitsForPlace = event.timeStamp + 1500; return true; }
    if (key === "j") { moveRow(1); return true; }
    if (key === "k") { moveRow(-1); return true; }
    if (key === "?") { openHelp(); return true; }
    if (key === "/") { document.querySelector("[data-search]")?.focus(); return true; }
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.altKey && !event.ctrlKey && event.code === "KeyL") {
      document.querySelector("[data-key=pause]")?.click();
      event.preventDefault();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { document.querySelector("[data-close]")?.click(); return; }
    if (isTyping(event.target)) return;
    const row = event.target.closest?.("[data-row]");
    if (row === event.target && row) {
      if (event.key === "Enter") { openRow(row); event.preventDefault(); return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { moveRow(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); return; }
    }
    if (hasSingleKeys() && onSingleKey(event)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest(".skip")) {
      // The router would scroll there without moving the focus.
      event.preventDefault();
      return document.getElementById("content")?.focus();
    }
    if (target.closest("[data-theme-toggle]")) return nextTheme();
    if (target.closest("[data-open-dialog=keyboard-help]")) return openHelp();
    if (target.closest("[data-close-dialog]")) return target.closest("dialog").close();
    if (target.closest("[data-copy-link]")) return copyLink(target.closest("[data-copy-link]"));
    if (target.closest("[data-reload]")) return location.reload();
    if (target.closest("[data-reconnect]")) return reconnect();
    const row = target.closest("[data-row]");
    if (row && !target.closest("a, button, input, select, label") && !String(getSelection())) openRow(row);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-single-keys]")) remember("sentinel.keys", event.target.checked ? "on" : "off");
  });

  // Blazor's script sets a class on the panel. A rejected circuit cannot come back, but the address can.
  const reconnect = async () => {
    try { if (!(await window.Blazor.reconnect())) location.reload(); } catch { /* still down: the panel stays */ }
  };
  const panel = document.getElementById("components-reconnect-modal");
  if (panel) {
    new MutationObserver(() => {
      if (panel.classList.contains("components-reconnect-rejected")) setTimeout(() => location.reload(), 1500);
    }).observe(panel, { attributes: true, attributeFilter: ["class"] });
  }

  // The button's label is redrawn by the server when the circuit takes over the prerendered page.
  new MutationObserver(labelTheme).observe(document.body, { childList: true, subtree: true });
  labelTheme();

  // Called by components.
  window.sentinel = {
    showModal: (dialog) => { if (dialog && !dialog.open) dialog.showModal(); },
    closeModal: (dialog) => dialog?.close(),
    focusHeading: () => document.querySelector("h1")?.focus(),
    focus: (element) => element?.focus({ preventScroll: false }),
  };
})();
