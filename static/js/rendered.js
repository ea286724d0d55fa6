// The bookmarklet's page hands over what its browser shows; a person still presses Submit.
(() => {
  "use strict";
  const field = document.querySelector("[data-rendered]");
  const address = document.querySelector('input[name="url"]');
  const note = document.querySelector("[data-rendered-note]");
  if (!field || !address || !note || !window.opener) return;

  const isFrom = (origin) => {
    try {
      return new URL(address.value).origin === origin;
    } catch {
      return false;
    }
  };

  window.addEventListener("message", (event) => {
    const sent = event.data;
    if (event.source !== window.opener || !sent || sent.newsintel !== "page" || !isFrom(event.origin)) return;
    field.value = String(sent.html);
    note.textContent = `The page comes along as your browser shows it (${Math.ceil(field.value.length / 1024)} kB).`;
    note.hidden = false;
  });
  address.addEventListener("input", () => {
    field.value = "";
    note.hidden = true;
  });
  window.opener.postMessage("newsintel-ready", "*");
})();
