// A takeaway or tag points at sentences: mark them all and bring the first into view. Without this, the link's #s3 does.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-evidence]");
    if (!link) return;
    const numbers = link.dataset.evidence.split(" ").filter(Boolean);
    const marked = numbers.flatMap((number) => [...document.querySelectorAll(`[data-sentence="${CSS.escape(number)}"]`)]);
    if (!marked.length) return;
    event.preventDefault();
    document.querySelectorAll(".s.is-marked").forEach((one) => one.classList.remove("is-marked"));
    marked.forEach((one) => one.classList.add("is-marked"));
    marked[0].scrollIntoView({ block: "center" });
    history.replaceState(null, "", `#s${numbers[0]}`);
  });
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-marks]");
    if (!toggle) return;
    const plain = document.querySelector("[data-reading]").classList.toggle("is-plain");
    toggle.setAttribute("aria-pressed", String(!plain));
  });
})();
