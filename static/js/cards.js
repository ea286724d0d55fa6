// A mention's card: on hover, focus or tap. Each card is fetched once; without this the mention is a link to its page.
(() => {
  "use strict";
  const cards = new Map();
  let card = null, anchor = null, timer = 0, byTouch = false;

  async function html(link) {
    const id = link.dataset.mention;
    if (!cards.has(id)) {
      const answer = await fetch(`/mentions/${id}/?card`, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return "";
      cards.set(id, await answer.text());
    }
    return cards.get(id);
  }
  async function show(link) {
    const content = await html(link);
    if (!content || link !== anchor) return;
    hide(true);
    card = document.createElement("div");
    card.className = "card";
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", `About ${link.textContent}`);
    card.innerHTML = content;
    card.addEventListener("mouseenter", () => clearTimeout(timer));
    card.addEventListener("mouseleave", leave);
    document.body.append(card);
    link.classList.add("is-open");
    const box = link.getClientRects()[0] || link.getBoundingClientRect();
    const left = Math.min(Math.max(box.left, 12), innerWidth - card.offsetWidth - 12);
    const below = box.bottom + card.offsetHeight + 10 < innerHeight || box.top < card.offsetHeight + 10;
    const top = below ? box.bottom + 6 : box.top - card.offsetHeight - 6;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }
  function hide(keepAnchor) {
    card?.remove();
    card = null;
    document.querySelectorAll(".m.is-open").forEach((one) => one.classList.remove("is-open"));
    if (!keepAnchor) anchor = null;
  }
  const busy = () => card && card.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  function leave() { clearTimeout(timer); timer = setTimeout(() => { if (!busy()) hide(); }, 260); }
  function enter(link, wait) { clearTimeout(timer); if (link === anchor && card) return; anchor = link; timer = setTimeout(() => show(link), wait); }

  document.addEventListener("pointerdown", (event) => { byTouch = event.pointerType !== "mouse"; }, true);
  document.addEventListener("mouseover", (event) => {
    const link = event.target.closest("a[data-mention]");
    if (link && !byTouch) enter(link, 130);
  });
  document.addEventListener("mouseout", (event) => { if (event.target.closest("a[data-mention]")) leave(); });
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest("a[data-mention]");
    if (link && link.matches(":focus-visible")) enter(link, 60);
    else if (card && !card.contains(event.target) && event.target !== anchor) hide();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-mention]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); anchor = link; clearTimeout(timer); show(link).then(() => { if (event.detail === 0) card?.querySelector("a, button")?.focus(); }); }
    else if (card && !card.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && card) { const back = anchor; hide(); back?.focus(); } });
  document.addEventListener("htmx:afterSwap", () => { cards.clear(); hide(); });
})();
