// Acts on chosen articles: shown at once, sent by htmx, rolled back with a message when refused; each can be undone.
(() => {
  "use strict";
  const desk = window.desk;
  const toasts = () => document.getElementById("toasts");
  const places = (ids) => ids.flatMap((id) => { const one = document.getElementById(`hands-${id}`); return one ? [one] : []; });
  const shown = () => [...document.querySelectorAll("[data-hands]")].map((one) => one.dataset.hands);

  // What the row will look like; the answer brings the truth.
  const chip = (text, part) => { const made = desk.element("span", text, "badge is-pending"); made.dataset.part = part; return made; };
  const preview = {
    state: (place, value, text) => { place.querySelector('[data-part="state"]')?.remove(); if (value !== "new") place.prepend(chip(text, "state")); },
    assign: (place, value, text) => { place.querySelector('[data-part="assignee"]')?.remove(); if (value) place.append(chip(text, "assignee")); },
    label: (place, value) => { if (![...place.querySelectorAll('[data-part="label"]')].some((one) => one.textContent === value)) place.append(chip(value, "label")); },
    withdraw: (place) => { place.append(chip("Withdrawn", "withdrawn")); },
  };
  function say(text) {
    const toast = desk.element("div", text, "toast toast-bad");
    toasts().replaceChildren(toast);
  }
  function send(address, values, ids, show) {
    const before = places(ids).map((place) => [place.id, place.innerHTML]);
    places(ids).forEach((place) => show?.(place));
    const source = toasts();
    let isGood = false;
    const note = (event) => { isGood = event.detail.successful; };
    source.addEventListener("htmx:afterRequest", note, { once: true });
    const back = () => {
      if (isGood) return;
      for (const [id, html] of before) { const place = document.getElementById(id); if (place) place.innerHTML = html; }
      if (!source.querySelector(".toast-bad")) say("The desk did not answer, so nothing was changed. Please try again.");
    };
    source.replaceChildren();
    return window.htmx.ajax("POST", address, { source, target: "#toasts", swap: "innerHTML", values: { ...values, shown: shown() } }).then(back, back);
  }
  desk.act = (act, text) => {
    const ids = desk.chosen();
    const form = document.querySelector("[data-selection]");
    if (!ids.length) return say("Choose an article first: j and k move, x selects.");
    const [verb, ...rest] = act.split(":"), value = rest.join(":");
    const values = { act, ids, ...(desk.isEvery() ? { all: "1" } : {}) };
    return send(form?.getAttribute("action") ?? toasts().dataset.bulk, values, ids, preview[verb] && ((place) => preview[verb](place, value, text ?? value)));
  };
  desk.collect = (report, title) => {
    const ids = desk.chosen();
    if (!ids.length) return say("Choose an article first: j and k move, x selects.");
    const query = desk.isEvery() ? location.search : "";
    return send(`${toasts().dataset.collect}${query}`, { report, title: title ?? "", ids, ...(desk.isEvery() ? { all: "1" } : {}) }, []);
  };
  desk.undo = () => {
    const button = toasts().querySelector("[data-undo]") ?? document.querySelector(".notes [data-undo]");
    return button ? button.click() : send(toasts().dataset.undo, {}, []);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-collect], form [data-undo]");
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
    if (!button || (button.closest(".notes") && button.matches("[data-undo]"))) return;
    event.preventDefault();
    button.closest("details[data-menu]")?.removeAttribute("open");
    if (button.matches("[data-undo]")) return void send(button.closest("form").getAttribute("action"), {}, []);
    if (button.matches("[data-collect]")) return void desk.collect(button.value);
    const typed = button.closest("[data-typed]")?.querySelector("input");
    if (typed && !typed.value.trim()) return void typed.focus();
    desk.act(typed ? `${button.value}:${typed.value.trim()}` : button.value, button.dataset.text);
  });
  document.addEventListener("keydown", (event) => { // Enter in the label field of the bar
    const typed = event.target.closest?.("[data-typed] input");
    if (typed && event.key === "Enter") { event.preventDefault(); typed.closest("[data-typed]").querySelector("[data-act]").click(); }
  });
  const canJudge = () => toasts()?.dataset.bulk != null && desk.chosen().length > 0;
  desk.add(
    { keys: "s", group: "Act", name: "Set its state …", run: () => desk.palette("state"), when: canJudge },
    { keys: "a", group: "Act", name: "Assign it to me", run: () => desk.act("assign:me", toasts().dataset.me), when: canJudge },
    { keys: "l", group: "Act", name: "Label it …", run: () => desk.palette("label"), when: canJudge },
    { keys: "r", group: "Act", name: "Add it to a report …", run: () => desk.palette("report"), when: () => toasts()?.dataset.collect != null && desk.chosen().length > 0 },
    { keys: "u", group: "Act", name: "Undo", run: () => desk.undo(), when: () => toasts()?.dataset.undo != null },
    { group: "Act", name: "Assign it to …", run: () => desk.palette("assign"), when: canJudge, isMode: true },
    { group: "Act", name: "Assign it to nobody", run: () => desk.act("assign:", ""), when: canJudge },
    { group: "Act", name: "Analyze it again", run: () => desk.act("rerun"), when: canJudge },
    { group: "Act", name: "Withdraw it", run: () => desk.act("withdraw"), when: canJudge },
  );
})();
