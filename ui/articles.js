// Runs when the list of articles is on the page.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const article = button.closest("[data-article]").dataset.article;
  if (button.dataset.do === "read") {
    window.footnote = button;
    document.body.dataset.source = "open";
    document.dispatchEvent(new Event("source-opened"));
    trigger("read", {article});
  }
  if (button.dataset.do === "remove" && confirm(`Remove “${button.dataset.title}” from the library?`)) {
    trigger("remove", {article});
  }
});
