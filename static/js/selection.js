// Select words in the text to tag them: a button appears, and the form opens with the exact offsets (code points).
(() => {
  "use strict";
  let button = null;
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
    return field && words && points(words) <= 500 ? { field, start, end: start + points(words), words } : null;
  }
  function fill(found) {
    const box = document.querySelector("[data-add-tag]");
    const form = box.querySelector("form");
    box.open = true;
    for (const [name, value] of Object.entries(found)) form.elements[name].value = value;
    form.elements.kind.focus();
    box.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("selectionchange", () => {
    button?.remove();
    button = null;
    if (!document.querySelector("[data-add-tag]")) return;
    const selection = document.getSelection();
    const found = place(selection);
    if (!found) return;
    const box = selection.getRangeAt(0).getBoundingClientRect();
    button = document.createElement("button");
    button.type = "button";
    button.className = "button button-main button-sm selection";
    button.textContent = "Add tag";
    button.addEventListener("pointerdown", (event) => { event.preventDefault(); fill(found); button.remove(); });
    document.body.append(button);
    button.style.left = `${Math.min(box.left + scrollX, innerWidth - 110)}px`;
    button.style.top = `${box.bottom + scrollY + 6}px`;
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-add-tag] form");
    if (form && event.target.name === "words") for (const name of ["field", "start", "end"]) form.elements[name].value = "";
  });
})();
