// Arranging the dashboard by dragging panels; the arrows in each panel do the same without this.
(() => {
  "use strict";
  const dash = document.querySelector(".dash.is-arranging");
  if (!dash) return;
  let dragged = null;
  const widgets = () => [...dash.querySelectorAll("[data-widget]")];
  const clear = () => widgets().forEach((one) => one.classList.remove("is-target", "is-target-after"));
  function isAfter(target, event) {
    const box = target.getBoundingClientRect();
    return event.clientX > box.left + box.width / 2;
  }
  async function keep() {
    const body = new URLSearchParams([["do", "order"], ...widgets().map((one) => ["key", one.dataset.widget])]);
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const answer = await fetch(dash.dataset.dash, { method: "POST", body, headers: { "X-CSRFToken": token } });
    dash.dataset.kept = answer.ok ? "yes" : "no";
    if (!answer.ok) location.reload();
  }
  widgets().forEach((widget) => { widget.draggable = true; });
  dash.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-widget]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.widget);
    dragged.classList.add("is-dragged");
  });
  dash.addEventListener("dragover", (event) => {
    const target = event.target.closest("[data-widget]");
    if (!dragged || !target) return;
    event.preventDefault();
    clear();
    if (target !== dragged) target.classList.add(isAfter(target, event) ? "is-target-after" : "is-target");
  });
  dash.addEventListener("drop", (event) => {
    const target = event.target.closest("[data-widget]");
    if (!dragged || !target) return;
    event.preventDefault();
    if (target !== dragged) { target[isAfter(target, event) ? "after" : "before"](dragged); keep(); }
  });
  dash.addEventListener("dragend", () => { dragged?.classList.remove("is-dragged"); dragged = null; clear(); });
})();
