// Names while typing: [data-suggest] fields get a list of entities; the search box completes field values.
(() => {
  "use strict";
  const kinds = { country: ["country"], company: ["company"], researcher: ["researcher"], person: ["person", "researcher"], org: ["organization", "government", "igo", "media"], threat: ["threat", "malware"], place: ["place"], product: ["product"], about: [], tag: [] };
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
    const searching = input.matches("[data-search]");
    if (!searching && !input.dataset.suggest) return;
    clearTimeout(wait);
    wait = setTimeout(async () => {
      if (!searching) return offer(input, (await names(input.dataset.suggest, input.value, (input.dataset.suggestKinds || "").split(" ").filter(Boolean))).map((one) => one.name));
      const found = input.value.match(/^(.*?)(\w+):"?([^"\s:]{2,})$/);
      if (!found || !(found[2] in kinds)) return offer(input, []);
      const known = await names("/entities/suggest/", found[3], kinds[found[2]]);
      offer(input, known.map((one) => `${found[1]}${found[2]}:${/\s/.test(one.name) ? `"${one.name}"` : one.name}`));
    }, 140);
  });
})();
