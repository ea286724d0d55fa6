// Menus are <details>: close them on a click elsewhere and on Escape. The facets are open where there is room.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  const wide = matchMedia("(min-width: 1001px)");
  const spread = () => document.querySelectorAll("[data-facets]").forEach((box) => { box.open = wide.matches; });
  wide.addEventListener("change", spread);
  document.addEventListener("htmx:afterSettle", spread);
  spread();
})();
