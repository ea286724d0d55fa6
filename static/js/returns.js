// Coming back to a list: the same row is current and the same place is in view.
(() => {
  "use strict";
  const key = () => `place:${location.pathname}${location.search}`;
  const keep = () => {
    const link = window.desk.current()?.querySelector("[data-open-row]");
    sessionStorage.setItem(key(), JSON.stringify({ top: scrollY, link: link?.getAttribute("href") ?? null }));
  };
  function back() {
    const kept = JSON.parse(sessionStorage.getItem(key()) ?? "null");
    if (!kept) return;
    const row = kept.link && document.querySelector(`[data-open-row][href="${CSS.escape(kept.link)}"]`)?.closest("[data-row]");
    if (row) window.desk.select(row);
    scrollTo({ top: kept.top, behavior: "instant" });
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-open-row], [data-evidence-row]")?.closest("[data-row]");
    if (row) document.querySelectorAll("[data-row]").forEach((one) => one.classList.toggle("is-current", one === row));
  }, true);
  addEventListener("pagehide", keep);
  document.addEventListener("htmx:beforeHistorySave", keep);
  document.addEventListener("htmx:historyRestore", back);
  addEventListener("pageshow", () => { if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") back(); });

  // Articles opened in this tab, for the palette.
  const title = document.querySelector("[data-article-page] h1")?.textContent.trim();
  if (title) {
    const seen = JSON.parse(sessionStorage.getItem("opened") ?? "[]").filter(([href]) => href !== location.pathname);
    sessionStorage.setItem("opened", JSON.stringify([[location.pathname, title], ...seen].slice(0, 20)));
  }
})();
