// Runs when the line that says what is asked is on the page.
element.addEventListener("click", (event) => {
  if (!event.target.closest("[data-do=all]")) return;
  document.dispatchEvent(new Event("scope-cleared"));
  trigger("all", {});
});
