// The search box completes field names and values: a combobox with a list box below (ARIA 1.2), keyboard and mouse.
(() => {
  "use strict";
  const box = () => document.querySelector("[data-search]");
  const list = () => document.getElementById("search-offers");
  let wait = 0;
  let asked = 0;
  let answer = { start: 0, end: 0, offers: [] };
  const options = () => [...list().children];
  const chosen = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

  function close() {
    if (!list()) return;
    list().hidden = true;
    list().replaceChildren();
    box().setAttribute("aria-expanded", "false");
    box().removeAttribute("aria-activedescendant");
  }
  function option(offer, number) {
    const line = document.createElement("li");
    line.id = `offer-${number}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    if (offer.kind) line.classList.add(`kind-${offer.kind}`);
    const label = document.createElement("span");
    label.textContent = offer.label;
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = offer.hint;
    line.append(label, hint);
    return line;
  }
  function show(found) {
    answer = found;
    if (!found.offers.length) return close();
    list().replaceChildren(...found.offers.map(option));
    list().hidden = false;
    box().setAttribute("aria-expanded", "true");
    box().removeAttribute("aria-activedescendant");
  }
  function select(number) {
    const all = options();
    if (!all.length) return;
    const next = (number + all.length) % all.length;
    all.forEach((one, place) => one.setAttribute("aria-selected", String(place === next)));
    all[next].scrollIntoView({ block: "nearest" });
    box().setAttribute("aria-activedescendant", all[next].id);
  }
  function take(number) {
    const offer = answer.offers[number];
    if (!offer) return;
    const input = box();
    const place = answer.start + offer.text.length;
    input.value = input.value.slice(0, answer.start) + offer.text + input.value.slice(answer.end);
    input.setSelectionRange(place, place);
    close();
    if (/[:>]$/.test(offer.text)) ask();
  }
  async function ask() {
    const input = box();
    const number = ++asked;
    const query = new URLSearchParams({ q: input.value, at: String(input.selectionStart ?? input.value.length) });
    try {
      const reply = await fetch(`${input.dataset.search}?${query}`, { headers: { Accept: "application/json" } });
      if (reply.ok && number === asked && document.activeElement === input) show(await reply.json());
    } catch (error) { close(); }
  }
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-search]")) return;
    clearTimeout(wait);
    wait = setTimeout(ask, 120);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-search]") || list().hidden) return;
    const at = chosen();
    if (event.key === "ArrowDown") select(at + 1);
    else if (event.key === "ArrowUp") select(at < 0 ? -1 : at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    const line = event.target.closest("#search-offers [role=option]");
    if (!line) return;
    event.preventDefault();
    take(options().indexOf(line));
  });
  document.addEventListener("focusout", (event) => { if (event.target.matches("[data-search]")) { asked += 1; clearTimeout(wait); close(); } });
})();
