// The command palette: pages, actions on what is chosen, entities, saved searches, recent articles. Ctrl/Cmd K.
(() => {
  "use strict";
  const desk = window.desk;
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]"), note = dialog.querySelector("[data-palette-note]");
  const PER_GROUP = 7, FRESH = 60_000;
  let mode = "", items = [], at = 0, known = null, knownAt = 0, turn = 0, listed = null;

  async function data() { // once a minute, and only when somebody looks
    if (known && Date.now() - knownAt < FRESH) return known;
    const answer = await fetch(dialog.dataset.source, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    known = answer?.ok ? await answer.json() : { saved: [], reports: [], labels: [], people: [], states: [] };
    knownAt = Date.now();
    return known;
  }
  async function entities(words) {
    if (words.length < 2) return [];
    const answer = await fetch(`${dialog.dataset.entities}?${new URLSearchParams({ q: words })}`).catch(() => null);
    return answer?.ok ? (await answer.json()).names : [];
  }
  const go = (href) => () => location.assign(href);
  const opened = () => JSON.parse(sessionStorage.getItem("opened") ?? "[]");
  const offer = (group, name, run, more) => ({ group, name, run, ...more });
  const fits = (name, words) => { const low = name.toLowerCase(); return words.every((word) => low.includes(word)); };

  // --- what can be chosen ------------------------------------------------------------------------------
  const modes = {
    state: (text, from) => from.states.map(([value, name]) => offer("State", name, () => desk.act(`state:${value}`, name))),
    assign: (text, from) => [["me", "Me"], ["", "Nobody"], ...from.people].map(([id, name]) => offer("Assign to", name, () => desk.act(`assign:${id}`, id ? name : ""))),
    label: (text, from) => [...(text && !from.labels.includes(text) ? [offer("Label", `Label “${text}”`, () => desk.act(`label:${text}`, text), { always: true })] : []), ...from.labels.map((one) => offer("Label", one, () => desk.act(`label:${one}`, one)))],
    report: (text, from) => [offer("Report", text ? `New report “${text}”` : "New report", () => desk.collect("", text), { always: true }), ...from.reports.map(([id, title]) => offer("Report", title, () => desk.collect(String(id))))],
  };
  const titles = { state: "Which state?", assign: "Assign to whom?", label: "Which label?", report: "Into which report?" };
  function everything(text) {
    const found = desk.actions.filter((one) => desk.open(one) && !one.isSilent && one.name !== "Command palette");
    const about = desk.chosen().length > 1 ? ` (${desk.isEvery() ? "all found" : desk.chosen().length})` : "";
    const acts = found.filter((one) => !one.href).map((one) => offer("Actions", one.group === "Act" && one.name !== "Undo" ? `${one.name}${about}` : one.name, one.run, { keys: one.keys }));
    const links = [...document.querySelectorAll(".rail a.rail-link[href], .menu-list > a[href]")];
    const pages = [...new Map(links.map((link) => [link.getAttribute("href"), link])).values()]
      .map((link) => offer("Pages", link.dataset.name ?? link.firstChild.nextSibling?.textContent.trim() ?? link.textContent.trim(), go(link.href), { keys: link.dataset.go && `g ${link.dataset.go}` }));
    const recent = opened().filter(([href]) => href !== location.pathname).map(([href, title]) => offer("Recent articles", title, go(href)));
    const search = text ? [offer("Search", `Articles with “${text}”`, go(`${dialog.dataset.articles}?${new URLSearchParams({ q: text })}`), { always: true })] : [];
    return { acts, pages, recent, search };
  }
  async function gather(text) {
    const mine = ++turn, words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = (all) => all.filter((one) => one.always || fits(one.name, words)).slice(0, PER_GROUP * (mode ? 3 : 1));
    if (mode) { const from = await data(); if (mine === turn) { listed = text; show(fitting(modes[mode](text, from))); } return; }
    const { acts, pages, recent, search } = everything(text);
    const first = [...fitting(acts), ...fitting(pages), ...fitting(recent)];
    listed = text;
    show([...first, ...search]);
    const [from, named] = await Promise.all([data(), entities(text)]);
    if (mine !== turn) return;
    const saved = from.saved.map(([name, href]) => offer("Saved searches", name, go(href)));
    const things = named.map((one) => offer("Entities", one.name, go(`${dialog.dataset.entity}${one.pk}/`), { hint: one.kind, kind: one.kind }));
    show([...first, ...fitting(saved), ...things, ...search]);
  }

  // --- the list ----------------------------------------------------------------------------------------
  function show(next) {
    const kept = items[at]?.name;
    items = next;
    const again = at > 0 ? items.findIndex((one) => one.name === kept) : 0;
    list.replaceChildren();
    let group = null;
    items.forEach((one, place) => {
      if (group?.dataset.name !== one.group) group = open(one.group);
      group.append(option(one, place));
    });
    note.textContent = items.length ? `${items.length} offered` : "Nothing is called that. Other words may help.";
    note.classList.toggle("hide", items.length > 0);
    mark(Math.max(again, 0));
  }
  function open(name) {
    const box = document.createElement("div");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", name);
    box.dataset.name = name;
    box.append(Object.assign(desk.element("div", name, "palette-group"), { ariaHidden: "true" }));
    list.append(box);
    return box;
  }
  function option(one, place) {
    const row = desk.element("div", "", `palette-item${one.kind ? ` kind-${one.kind}` : ""}`);
    row.id = `palette-${place}`;
    row.setAttribute("role", "option");
    row.append(desk.element("span", one.name, "one-line"));
    if (one.hint) row.append(desk.element("span", one.hint, "chip"));
    if (one.keys) row.append(Object.assign(desk.element("span", "", "palette-keys"), { ariaHidden: "true" }));
    for (const key of one.keys?.split(" ") ?? []) row.lastChild.append(desk.element("kbd", desk.shown(key)));
    return row;
  }
  function mark(place) {
    at = items.length ? (place + items.length) % items.length : 0;
    list.querySelectorAll("[role=option]").forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
    const row = document.getElementById(`palette-${at}`);
    if (row) input.setAttribute("aria-activedescendant", row.id); else input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }
  function run(place) { const one = items[place]; if (one) { dialog.close(); one.run(); } }
  desk.palette = (wanted = "") => {
    mode = wanted;
    input.value = "";
    input.placeholder = titles[mode] ?? "Type a command, a page, a name …";
    items = []; at = 0; listed = null;
    if (!dialog.open) dialog.showModal();
    input.focus();
    gather("");
  };

  let timer = 0;
  async function enter() { // what is chosen answers the words that stand there, however fast they were typed
    const text = input.value.trim();
    if (text !== listed) { clearTimeout(timer); const work = gather(text); if (mode) await work; }
    run(at);
  }
  input.addEventListener("input", () => { clearTimeout(timer); at = 0; timer = setTimeout(() => gather(input.value.trim()), mode ? 0 : 90); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark(at + step); }
    else if (event.key === "Home" && !input.value) mark(0);
    else if (event.key === "End" && !input.value) mark(items.length - 1);
    else if (event.key === "Enter") { event.preventDefault(); enter(); }
    else if (event.key === "Backspace" && !input.value && mode) desk.palette();
  });
  list.addEventListener("mousemove", (event) => { const row = event.target.closest("[role=option]"); if (row && row.id !== `palette-${at}`) mark(Number(row.id.slice(8))); });
  list.addEventListener("click", (event) => { const row = event.target.closest("[role=option]"); if (row) run(Number(row.id.slice(8))); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) desk.palette(event.target.closest("[data-palette]").dataset.palette); });
  desk.add({ keys: "Ctrl+k", group: "Go", name: "Command palette", run: () => (dialog.open ? dialog.close() : desk.palette()) });
})();
