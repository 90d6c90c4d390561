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

const reveal = () => {
  const text = element.querySelector(".text");
  const chosen = element.querySelector("mark.chosen");
  const away = (node) => node.getBoundingClientRect().top;
  if (text) text.scrollTop = chosen ? text.scrollTop + away(chosen) - away(text) - text.clientHeight / 3 : 0;
};

document.addEventListener("source-opened", reveal);
watch("value", reveal);
