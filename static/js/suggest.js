// Names while typing: [data-suggest] fields get a list of entities.
(() => {
  "use strict";
  let wait = 0;
  function listFor(input) {
    let list = document.getElementById(input.getAttribute("list"));
    if (!list) {
      list = document.createElement("datalist");
      list.id = `names-${input.id}`;
      input.after(list);
      input.setAttribute("list", list.id);
    }
    return list;
  }
  async function names(address, words, wanted) {
    const query = new URLSearchParams([["q", words], ...wanted.map((kind) => ["kind", kind])]);
    const answer = await fetch(`${address}?${query}`);
    return answer.ok ? (await answer.json()).names : [];
  }
  function offer(input, values) {
    listFor(input).replaceChildren(...values.map((value) => { const option = document.createElement("option"); option.value = value; return option; }));
  }
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.dataset.suggest) return;
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const kinds = (input.dataset.suggestKinds || "").split(" ").filter(Boolean);
      offer(input, (await names(input.dataset.suggest, input.value, kinds)).map((one) => one.name));
    }, 140);
  });
})();
