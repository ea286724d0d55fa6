// Ticked articles: one by one, a range with Shift, all of the page, or all that the search finds.
(() => {
  "use strict";
  const desk = window.desk;
  let last = null;
  const boxes = () => [...document.querySelectorAll("[data-pick]")];
  const bar = () => document.querySelector("[data-selection]");
  const every = () => bar()?.querySelector("[data-every]");
  const isEvery = () => every()?.disabled === false;
  desk.picked = () => boxes().filter((box) => box.checked).map((box) => box.value);
  desk.isEvery = isEvery;
  // What an act is about: the ticked articles, else the current row, else the article of the page.
  desk.chosen = () => {
    const ticked = desk.picked();
    if (ticked.length) return ticked;
    const one = desk.current()?.querySelector("[data-hands]") ?? document.querySelector("[data-article-page] [data-hands]");
    return one ? [one.dataset.hands] : [];
  };

  function count() {
    const form = bar();
    if (!form) return;
    const all = boxes(), number = desk.picked().length, isAll = number > 0 && number === all.length;
    if (!isAll && every()) every().disabled = true;
    const total = form.dataset.total;
    form.classList.toggle("has-picks", number > 0);
    form.querySelector("[data-picked]").textContent = isEvery() ? `All ${total} selected` : number ? `${number} selected` : "";
    const more = form.querySelector("[data-select-every]");
    if (more) more.hidden = !isAll || isEvery() || Number(form.dataset.count) <= all.length;
    const head = form.querySelector("[data-pick-all]");
    if (head) { head.checked = isAll; head.indeterminate = number > 0 && !isAll; }
    form.querySelectorAll("[data-needs-picks]").forEach((one) => { one.classList.toggle("is-off", !number); if ("disabled" in one) one.disabled = !number; });
  }
  desk.count = count;
  function range(to) {
    const all = boxes();
    const [from, end] = [all.indexOf(last), all.indexOf(to)].sort((a, b) => a - b);
    if (from >= 0) all.slice(from, end + 1).forEach((box) => { box.checked = true; });
  }
  function tick(isOn) { boxes().forEach((box) => { box.checked = isOn; }); if (!isOn && every()) every().disabled = true; count(); }
  const box = () => desk.current()?.querySelector("[data-pick]");
  const canPick = () => box() != null;
  document.addEventListener("click", (event) => {
    if (event.target.matches?.("[data-pick]")) { if (event.shiftKey) range(event.target); last = event.target; count(); }
    if (event.target.closest("[data-select-every]")) { every().disabled = false; count(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) tick(event.target.checked);
    else if (event.target.matches("[data-pick]")) count();
  });
  desk.add(
    { keys: "x", group: "Select", name: "Select it", run: () => box().click(), when: canPick },
    { keys: "X", group: "Select", name: "Select everything from the last selected to it", run: () => { box().checked = true; range(box()); last = box(); count(); }, when: canPick },
    { keys: "* a", group: "Select", name: "Select the whole page", run: () => tick(true), when: () => boxes().length > 0 },
    { keys: "* n", group: "Select", name: "Select nothing", run: () => tick(false), when: () => boxes().length > 0 },
  );
  document.addEventListener("htmx:afterSettle", count);
  addEventListener("pageshow", count);
  count();
})();
