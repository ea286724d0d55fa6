// A sentence of the brief or a tag points at sentences of the text: mark them, bring the first into view and put the
// focus there; a button and Escape lead back. Without this, the link's #s3 does.
(() => {
  "use strict";
  let asked = null, back = null;

  function clear() {
    document.querySelectorAll(".s.is-marked").forEach((one) => one.classList.remove("is-marked"));
    asked?.classList.remove("is-asked");
    back?.remove();
    asked = back = null;
  }
  function goBack() {
    const link = asked;
    clear();
    link?.scrollIntoView({ block: "center" });
    link?.focus({ preventScroll: true });
  }
  function offerBack() {
    back = document.createElement("button");
    back.type = "button";
    back.className = "button button-sm back no-print";
    back.textContent = "Back to where you were";
    back.addEventListener("click", goBack);
    document.querySelector("#main").append(back);
  }
  function follow(link, event) {
    const numbers = link.dataset.evidence.split(" ").filter(Boolean);
    const marked = numbers.flatMap((number) => [...document.querySelectorAll(`[data-sentence="${CSS.escape(number)}"]`)]);
    if (!marked.length) return;
    event.preventDefault();
    clear();
    asked = link;
    link.classList.add("is-asked");
    marked.forEach((one) => one.classList.add("is-marked"));
    marked[0].scrollIntoView({ block: "center" });
    marked[0].tabIndex = -1;
    marked[0].focus({ preventScroll: true });
    history.replaceState(null, "", `#s${numbers[0]}`);
    offerBack();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-evidence]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) follow(link, event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && back && !document.querySelector(".card, dialog[open], details[data-menu][open]")) goBack();
  });
  // Other parts of the page come in late as well; only without the link there is no way back.
  document.addEventListener("htmx:afterSwap", () => { if (asked && !asked.isConnected) clear(); });
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-marks]");
    if (!toggle) return;
    const plain = document.querySelector("[data-reading]").classList.toggle("is-plain");
    toggle.setAttribute("aria-pressed", String(!plain));
  });
})();
