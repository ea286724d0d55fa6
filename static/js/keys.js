// Keyboard: one listener; rows are [data-row], places [data-go]. Never while somebody is typing.
(() => {
  "use strict";
  let waitingForPlace = false;
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row].is-current");

  function move(step) {
    const all = rows();
    if (!all.length) return moveMention(step);
    const at = all.indexOf(current());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("is-current", row === next));
    next.querySelector("[data-open-row]").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  function moveMention(step) {
    const all = [...document.querySelectorAll("[data-text] [data-mention]")];
    const at = all.indexOf(document.activeElement);
    const next = all[(at + step + all.length) % all.length];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
  }
  function open(selector) {
    const link = current() ? current().querySelector(selector) : document.querySelector(selector.replace("-row", "-page"));
    if (link) link.click();
  }
  const actions = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("keys-help")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    o: () => open("[data-open-row]"),
    e: () => open("[data-evidence-row]"),
    x: () => current()?.querySelector("[data-pick]")?.click(),
    g: () => { waitingForPlace = true; setTimeout(() => { waitingForPlace = false; }, 900); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (waitingForPlace) {
      waitingForPlace = false;
      const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) { event.preventDefault(); place.click(); return; }
    }
    if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });
})();
