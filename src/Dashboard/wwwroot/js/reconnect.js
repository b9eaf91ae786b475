// What a person does while the connection is down: the first command is kept and given once when it is back, if what it was about is
// still there, and they are told either way. What is typed is told to the monitor again. Nothing is done twice, and nothing is lost silently.
(() => {
  "use strict";
  // A command is about what the person saw; after a minute they should look again.
  const KEPT_MS = 60_000, SETTLED_MS = 250, SETTLING_MS_MAX = 5_000;
  const STORE = "sentinel.kept";
  const COMMANDS = "button, input[type=checkbox], input[type=radio], a[href]";
  // What works without the monitor, or leads away from it.
  const LOCAL = "[data-theme-toggle], [data-open-dialog], [data-close-dialog], [data-copy-link], [data-reload], [data-reconnect], .skip, a[target], a[download], a[href^='http']";
  const root = document.documentElement;
  const panel = document.getElementById("components-reconnect-modal");
  const said = document.querySelector("[data-link-said]");
  if (!panel || !said) return;

  let kept = null, isOffline = !navigator.onLine, isGiving = false;
  const changed = new Map();

  const isDown = () => isOffline || /components-reconnect-(show|retrying|failed|rejected|paused)/.test(panel.className);
  // What became of a command stands long enough to be read; that the connection is down stands as long as it is.
  const TOLD_MS = 15_000;
  let forgetting = 0;
  const say = (kind, label) => {
    clearTimeout(forgetting);
    said.textContent = (said.dataset[kind] ?? "").replace("{0}", () => label);
    if (["done", "gone", "late", "again"].includes(kind)) forgetting = setTimeout(() => { said.textContent = ""; }, TOLD_MS);
  };
  const labelOf = (element) => (element.getAttribute("aria-label") || element.closest("label")?.textContent || element.textContent || "")
    .trim().replace(/\s+/g, " ").slice(0, 80);
  const placeOf = (element) => element.closest("[data-row]")?.querySelector("a.row-link")?.getAttribute("href") ?? "";

  const store = () => {
    try {
      if (kept) sessionStorage.setItem(STORE, JSON.stringify({ ...kept, element: undefined, address: location.href }));
      else sessionStorage.removeItem(STORE);
    } catch { /* storage is off: the command lasts as long as the page */ }
  };
  const keep = (event, element) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const label = labelOf(element);
    // What is done to many at once is agreed to by what is seen, and that may be old by then: what is chosen stays chosen instead.
    if (element.matches("[data-bulk]")) return say("again", label);
    if (kept) return say(kept.element === element ? "kept" : "full", kept.label);
    const { versionOf = "", version = "" } = element.closest("[data-row]")?.dataset ?? {};
    kept = { element, label, place: placeOf(element), versionOf, version, at: Date.now() };
    element.classList.add("is-kept");
    store();
    say("kept", label);
  };

  // On the window and before anybody else: what Blazor hears while it cannot send is lost.
  window.addEventListener("click", (event) => {
    if (!isDown()) return;
    const element = event.target.closest?.(COMMANDS);
    if (element && !element.matches(LOCAL) && !element.closest(".reconnect")) keep(event, element);
  }, true);
  window.addEventListener("submit", (event) => {
    const button = event.submitter ?? event.target.querySelector("button[type=submit]");
    if (isDown() && button && event.target.method !== "post") keep(event, button);
  }, true);
  for (const type of ["input", "change"]) {
    window.addEventListener(type, (event) => {
      if (!isDown() || !event.target.matches?.("input, textarea, select")) return;
      event.stopImmediatePropagation();
      if (!changed.has(event.target)) changed.set(event.target, new Set());
      changed.get(event.target).add(type);
      if (event.target.dataset.draft !== undefined) document.dispatchEvent(new CustomEvent("sentinel:draft", { detail: event.target }));
    }, true);
  }

  const settled = () => new Promise((resolve) => {
    let quiet = 0;
    const end = () => { clearTimeout(quiet); clearTimeout(enough); watch.disconnect(); resolve(); };
    const wait = () => { clearTimeout(quiet); quiet = setTimeout(end, SETTLED_MS); };
    const watch = new MutationObserver(wait);
    const enough = setTimeout(end, SETTLING_MS_MAX);
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    wait();
  });

  // The same control about the same row. Rows are redrawn and reused, so the element alone says nothing.
  const find = ({ element, label, place }) => {
    if (element?.isConnected && placeOf(element) === place && labelOf(element) === label) return element;
    if (!place) return null;
    const row = [...document.querySelectorAll("[data-row]")].find((one) => one.querySelector("a.row-link")?.getAttribute("href") === place);
    return row ? [...row.querySelectorAll(COMMANDS)].find((one) => labelOf(one) === label) ?? null : null;
  };
  // The page may still show what was before: the monitor is asked whether anybody has changed it since.
  const isAsSeen = async ({ versionOf, version }) => {
    if (!versionOf) return true;
    try {
      const answer = await fetch(versionOf, { headers: { accept: "application/json" } });
      return answer.ok && String((await answer.json()).alert.standing.revision) === version;
    } catch { return false; }
  };
  const give = async (command) => {
    command.element?.classList.remove("is-kept");
    if (Date.now() - command.at > KEPT_MS) return say("late", command.label);
    const isSame = await isAsSeen(command);
    const target = find(command);
    if (!isSame || !target || target.disabled) return say("gone", command.label);
    say("done", command.label);
    target.click();
  };

  const resume = async () => {
    if (isDown() || isGiving) return;
    isGiving = true;
    try {
      await settled();
      if (isDown()) return;
      root.removeAttribute("data-link");
      for (const [field, types] of changed) {
        for (const type of field.isConnected ? types : []) field.dispatchEvent(new Event(type, { bubbles: true }));
      }
      changed.clear();
      const command = kept;
      kept = null;
      store();
      if (command) await give(command);
      else if (said.textContent === said.dataset.down) said.textContent = "";
    } finally { isGiving = false; }
    if (isDown()) fall();
  };
  const fall = () => {
    if (root.dataset.link === "down") return;
    root.dataset.link = "down";
    say("down", "");
  };
  const look = () => (isDown() ? fall() : root.dataset.link === "down" && resume());
  new MutationObserver(look).observe(panel, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("offline", () => { isOffline = true; look(); });
  window.addEventListener("online", () => { isOffline = false; look(); });
  look();

  // A monitor that was started anew has no circuit to go on with: the page is loaded again, and the command with it.
  const carried = (() => { try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; } })();
  if (carried && typeof carried.label === "string" && typeof carried.place === "string" && String(carried.versionOf ?? "").startsWith("/api/v1/")) {
    store();
    const giveCarried = async () => {
      if (!document.querySelector("[data-connected]")) return false;
      connected.disconnect();
      await settled();
      if (carried.address === location.href) await give(carried);
      else say("gone", carried.label);
      return true;
    };
    const connected = new MutationObserver(giveCarried);
    connected.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-connected"] });
  }
})();
