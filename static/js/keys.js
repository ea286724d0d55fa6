// Everything the keys and the command palette can do stands in one list, `desk.actions`; the help is written from it.
(() => {
  "use strict";
  const desk = { actions: [] };
  window.desk = desk;
  desk.add = (...more) => desk.actions.push(...more);
  desk.open = (action) => !action.when || action.when();

  // --- rows and places -------------------------------------------------------------------------------
  const rows = () => [...document.querySelectorAll("[data-row]")];
  desk.current = () => document.querySelector("[data-row].is-current");
  desk.page = () => document.querySelector("[data-article-page]") ?? null;
  function select(row) {
    rows().forEach((one) => one.classList.toggle("is-current", one === row));
    const link = row.querySelector("[data-open-row], a[href]");
    link?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  desk.select = select;
  function move(step) {
    const all = rows();
    if (!all.length) return moveMention(step);
    const at = all.indexOf(desk.current());
    select(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
  }
  function moveMention(step) {
    const all = [...document.querySelectorAll("[data-text] [data-mention]")];
    const at = all.indexOf(document.activeElement);
    const next = all[(at + step + all.length) % all.length];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
  }
  function follow(selector) {
    const row = desk.current();
    const link = row ? row.querySelector(selector) ?? (selector === "[data-open-row]" ? row.querySelector("a[href]") : null) : document.querySelector(selector.replace("-row", "-page"));
    link?.click();
  }
  const hasRows = () => document.querySelector("[data-row], [data-text] [data-mention]") !== null;
  const hasOne = () => desk.current() !== null || document.querySelector("[data-evidence-page]") !== null;
  desk.add(
    { keys: "/", group: "Go", name: "Search", run: () => { const box = document.querySelector("[data-search]"); box?.focus(); box?.select?.(); } },
    { keys: "j", group: "Move", name: "Next article (or mention, while reading)", run: () => move(1), when: hasRows },
    { keys: "k", group: "Move", name: "Previous article (or mention)", run: () => move(-1), when: hasRows },
    { keys: "o", group: "Move", name: "Open it", run: () => follow("[data-open-row]"), when: () => desk.current() !== null },
    { keys: "e", group: "Move", name: "Its evidence", run: () => follow("[data-evidence-row]"), when: hasOne },
    { keys: "?", group: "Help", name: "This help", run: help },
    { keys: "Escape", group: "Help", name: "Close what is open", run: () => {}, isSilent: true },
  );
  for (const link of document.querySelectorAll("[data-go]"))
    desk.add({ keys: `g ${link.dataset.go}`, group: "Go", name: `Go to ${link.dataset.name ?? link.textContent.replace(/g \w$/, "").trim()}`, run: () => link.click(), href: link.href });

  // --- the help ---------------------------------------------------------------------------------------
  function help() {
    const dialog = document.getElementById("keys-help");
    const list = dialog?.querySelector("[data-keys]");
    if (!list) return;
    const groups = [...new Set(desk.actions.map((one) => one.group))];
    list.replaceChildren(...groups.flatMap((group) => [heading(group), ...desk.actions.filter((one) => one.group === group && one.keys).flatMap(line)]));
    dialog.showModal();
  }
  const element = (name, text, className) => { const made = document.createElement(name); made.textContent = text; if (className) made.className = className; return made; };
  desk.element = element;
  const heading = (text) => element("dt", text, "keys-group");
  function line(action) {
    const keys = document.createElement("dt");
    for (const key of action.keys.split(" ")) keys.append(element("kbd", desk.shown(key)), " ");
    return [keys, element("dd", action.name)];
  }
  desk.shown = (key) => ({ Escape: "Esc", X: "Shift X", "Ctrl+k": "Ctrl K" })[key] ?? key;

  // --- one listener -----------------------------------------------------------------------------------
  let begun = "", timer = 0;
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const wait = (key) => { begun = key; clearTimeout(timer); timer = setTimeout(() => { begun = ""; }, 2000); };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const held = event.ctrlKey || event.metaKey;
    if (held && event.key.toLowerCase() !== "k") return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (!held && (typing(event.target) || document.querySelector("dialog[open]"))) return;
    const pressed = held ? "Ctrl+k" : [begun, event.key].filter(Boolean).join(" ");
    begun = "";
    const action = desk.actions.find((one) => one.keys === pressed);
    if (action && !action.isSilent) {
      event.preventDefault();
      if (desk.open(action)) action.run();
    } else if (desk.actions.some((one) => one.keys?.startsWith(`${pressed} `))) { event.preventDefault(); wait(pressed); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener?.dataset.open === "keys-help") help();
    else if (opener) document.getElementById(opener.dataset.open)?.showModal();
    event.target.closest("[data-close]")?.closest("dialog").close();
  });
})();
