// Select words in the text: a bar offers to tag, highlight or annotate them, with the exact offsets (code points).
(() => {
  "use strict";
  let bar = null;
  const points = (text) => [...text].length;
  function place(selection) {
    if (selection.rangeCount !== 1 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const element = (node) => (node.nodeType === 1 ? node : node.parentElement);
    const block = element(range.startContainer)?.closest("[data-start]");
    if (!block || block !== element(range.endContainer)?.closest("[data-start]")) return null;
    const field = block.closest("[data-text]")?.dataset.text;
    const before = document.createRange();
    before.selectNodeContents(block);
    before.setEnd(range.startContainer, range.startOffset);
    let words = range.toString();
    let start = Number(block.dataset.start) + points(before.toString());
    start += points(words) - points(words.trimStart());
    words = words.trim();
    return field && words && points(words) <= 5000 ? { field, start, end: start + points(words), words } : null;
  }
  function fill(box, found, focus) {
    const form = box.querySelector("form");
    const { words, ...where } = found;
    box.open = true;
    for (const [name, value] of Object.entries({ ...where, words, quote: words })) if (form.elements[name]) form.elements[name].value = value;
    form.elements[focus].focus();
    box.scrollIntoView({ block: "nearest" });
    return form;
  }
  const offers = [
    ["Add tag", "[data-add-tag]", (box, found) => fill(box, found, "kind"), 500],
    ["Highlight", "[data-add-note]", (box, found) => fill(box, found, "text").requestSubmit(), 5000],
    ["Note", "[data-add-note]", (box, found) => fill(box, found, "text"), 5000],
  ];
  function buttons(found) {
    return offers.filter(([, where, , most]) => document.querySelector(where) && points(found.words) <= most).map(([name, where, act], number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `button button-sm${number ? "" : " button-main"}`;
      button.textContent = name;
      button.addEventListener("pointerdown", (event) => { event.preventDefault(); act(document.querySelector(where), found); bar?.remove(); });
      return button;
    });
  }
  document.addEventListener("selectionchange", () => {
    bar?.remove();
    bar = null;
    const selection = document.getSelection();
    const found = place(selection);
    const offered = found ? buttons(found) : [];
    if (!offered.length) return;
    const box = selection.getRangeAt(0).getBoundingClientRect();
    bar = document.createElement("div");
    bar.className = "selection-bar";
    bar.append(...offered);
    document.body.append(bar);
    bar.style.left = `${Math.max(8, Math.min(box.left + scrollX, innerWidth - bar.offsetWidth - 12))}px`;
    bar.style.top = `${box.bottom + scrollY + 6}px`;
  });
  // From the keyboard (text selected with caret browsing): h highlights, n annotates, t tags what is selected.
  document.addEventListener("keydown", (event) => {
    const act = { t: 0, h: 1, n: 2 }[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const found = place(document.getSelection());
    const [, where, then, most] = offers[act];
    const box = document.querySelector(where);
    if (found && box && points(found.words) <= most) { event.preventDefault(); then(box, found); bar?.remove(); }
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-add-tag] form, [data-add-note] form");
    if (form && ["words", "quote"].includes(event.target.name)) for (const name of ["field", "start", "end"]) form.elements[name].value = "";
  });
})();
