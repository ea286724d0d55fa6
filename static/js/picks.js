// Ticked articles: say how many, and switch off what needs at least one.
(() => {
  "use strict";
  function count() {
    const form = document.querySelector("[data-selection]");
    if (!form) return;
    const number = document.querySelectorAll("[data-pick]:checked").length;
    const label = form.querySelector("[data-picked]");
    label.hidden = !number;
    label.textContent = `${number} selected`;
    form.querySelectorAll("[data-needs-picks]").forEach((button) => { button.disabled = !number; });
  }
  document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) count(); });
  document.addEventListener("htmx:afterSettle", count);
  count();
})();
