// Theme, keyboard, dialogs and reconnection: what must work without a round trip to the monitor.
(() => {
  "use strict";
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage is off: lasts for this page */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const hasSingleKeys = () => recall("sentinel.keys") !== "off";

  // Theme: system → light → dark → high contrast → system.
  const themes = { system: "follow system", light: "light", dark: "dark", contrast: "high contrast" };
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
  const openHelp = (id = "keyboard-help") => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    const keys = dialog.querySelector("[data-single-keys]");
    if (keys) keys.checked = hasSingleKeys();
    dialog.showModal();
  };

  // Rows: arrows and j/k move, Enter and click open the row's own link.
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  // The row that was left: when it is gone (closed, filtered out), the next one takes its place on the screen and in the order.
  let lastTop = null;
  const focusRow = (row) => {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    lastTop = row.getBoundingClientRect().top + scrollY;
  };
  const rowAt = (all) => lastTop === null ? -1 : all.findIndex((row) => row.getBoundingClientRect().top + scrollY >= lastTop - 2);
  const moveRow = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(document.activeElement.closest?.("[data-row]"));
    if (at >= 0) return focusRow(all[Math.min(all.length - 1, Math.max(0, at + step))]);
    const left = rowAt(all);
    focusRow(left >= 0 && document.activeElement === document.body ? all[step > 0 ? left : Math.max(0, left - 1)] : all[step > 0 ? 0 : all.length - 1]);
  };
  // What a key does to alerts: to those that are chosen, else to the row that has the focus.
  const act = (name) => {
    const bulk = document.querySelector(`[data-bulk=${name}]`);
    if (bulk && !bulk.disabled) return bulk.click();
    document.activeElement.closest?.("[data-row]")?.querySelector(`[data-act=${name}]`)?.click();
  };
  const openRow = (row) => row.querySelector("a.row-link")?.click();

  // The palette: arrows move among what is found, Enter goes there.
  const openPalette = (dialog) => {
    if (!dialog || document.querySelector("dialog[open]")) return;
    dialog.showModal();
    const input = dialog.querySelector("[data-palette]");
    input.value = "";
    input.focus();
  };
  const movePalette = (key) => {
    const items = [...document.querySelectorAll("[data-palette-item]")];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (key === "Enter") { const item = items[at] ?? items[0]; if (item) { item.closest("dialog").close(); go(item.getAttribute("href")); } return true; }
    if (key !== "ArrowDown" && key !== "ArrowUp") return false;
    const next = Math.min(items.length - 1, Math.max(0, at + (key === "ArrowDown" ? 1 : -1)));
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === next)));
    items[next]?.scrollIntoView({ block: "nearest" });
    return true;
  };

  const copyLink = async (button) => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.classList.add("is-done");
      setTimeout(() => button.classList.remove("is-done"), 1200);
    } catch { button.title = "The browser does not allow copying; the address bar has the link."; }
  };

  const places = {
    o: "/", a: "/alerts", i: "/incidents", e: "/entities", r: "/responses", h: "/hunt", d: "/detections", c: "/compliance", n: "/network",
    s: "/settings",
  };
  const go = (address) => (window.Blazor ? window.Blazor.navigateTo(address) : location.assign(address));
  const isTyping = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  let waitsForPlace = 0;

  const onSingleKey = (event) => {
    const key = event.key;
    if (waitsForPlace > event.timeStamp && places[key]) { waitsForPlace = 0; go(places[key]); return true; }
    if (key === "g") { waitsForPlace = event.timeStamp + 1500; return true; }
    if (key === "j") { moveRow(1); return true; }
    if (key === "k") { moveRow(-1); return true; }
    if (key === "x") { document.activeElement.closest?.("[data-row]")?.querySelector("[data-pick]")?.click(); return true; }
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
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK") {
      const palette = document.getElementById("command-palette");
      if (palette?.open) palette.close(); else openPalette(palette);
      event.preventDefault();
      return;
    }
    if (document.querySelector("#command-palette[open]") && movePalette(event.key)) { event.preventDefault(); return; }
    const acts = { KeyK: "acknowledge", KeyY: "assign", KeyX: "close" };
    if (event.altKey && !event.ctrlKey && acts[event.code] && !document.querySelector("dialog[open]")) {
      act(acts[event.code]);
      event.preventDefault();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { document.querySelector("[data-close]")?.click(); return; }
    if (isTyping(event.target)) return;
    const row = event.target.closest?.("[data-row]");
    if (row === event.target && row) {
      if (event.key === "Enter") { openRow(row); event.preventDefault(); return; }
      if (event.key === " ") { row.querySelector("[data-pick]")?.click(); event.preventDefault(); return; }
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
    if (target.closest("[data-open-dialog]")) return openHelp(target.closest("[data-open-dialog]").dataset.openDialog);
    if (target.closest("[data-palette-item]")) return target.closest("dialog").close();
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

  // Drafts: what is typed into a field that names a draft outlives a reload, as after a restart of the monitor. This tab alone keeps it.
  const draftKey = (field) => "sentinel.draft." + field.dataset.draft;
  const keepDraft = (field) => {
    try {
      if (field.value) sessionStorage.setItem(draftKey(field), field.value);
      else sessionStorage.removeItem(draftKey(field));
    } catch { /* storage is off: the draft lives as long as the page */ }
  };
  const restoreDrafts = () => {
    if (!document.querySelector("[data-connected]")) return;
    for (const field of document.querySelectorAll("[data-draft]:not([data-restored])")) {
      field.dataset.restored = "";
      let kept = null;
      try { kept = sessionStorage.getItem(draftKey(field)); } catch { /* as above */ }
      if (!kept || field.value) continue;
      field.value = kept;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  document.addEventListener("input", (event) => { if (event.target.matches("[data-draft]")) keepDraft(event.target); });
  // What is typed while the connection is down reaches nobody else.
  document.addEventListener("sentinel:draft", (event) => keepDraft(event.detail));
  document.addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll("[data-draft]")) { try { sessionStorage.removeItem(draftKey(field)); } catch { /* as above */ } }
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
  new MutationObserver(() => { labelTheme(); restoreDrafts(); }).observe(
    document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-connected"] });
  labelTheme();

  // Called by components.
  window.sentinel = {
    showModal: (dialog) => { if (dialog && !dialog.open) dialog.showModal(); },
    closeModal: (dialog) => dialog?.close(),
    focusHeading: () => document.querySelector("h1")?.focus(),
    focus: (element) => element?.focus({ preventScroll: false }),
  };
})();
