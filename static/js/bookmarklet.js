// The bookmarklet's address may not stand in the page as a link to run; it is put there to be dragged away.
(() => {
  "use strict";
  const link = document.querySelector("[data-bookmarklet]");
  if (!link) return;
  link.setAttribute("href", link.dataset.bookmarklet);
  link.addEventListener("click", (event) => event.preventDefault());
})();
