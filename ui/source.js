// Runs when the source is on the page. Closed, it is hidden; on a narrow screen it is hidden until it is asked for.
const close = () => {
  document.body.dataset.source = "closed";
  if (window.footnote?.isConnected) window.footnote.focus();
};

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=close]")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

watch("value", () => {
  const text = element.querySelector(".text");
  const chosen = element.querySelector("mark.chosen");
  if (text) text.scrollTop = chosen ? chosen.offsetTop - text.offsetTop - text.clientHeight / 3 : 0;
});
