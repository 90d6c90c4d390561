// Runs when the source is on the page. Closed, it is hidden; on a narrow screen it is hidden until it is asked for.
const close = () => {
  document.body.dataset.source = "closed";
  if (footnote.from?.isConnected) footnote.from.focus();
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "close") close();
  if (button.dataset.do === "copy") footnote.copy(button);
  if (button.dataset.do === "cite") trigger("cite", {turn: button.closest("[data-turn]").dataset.turn, ...button.dataset});
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

const reveal = () => {
  const text = element.querySelector(".text");
  const chosen = element.querySelector("mark.chosen");
  if (!text) return;
  const from = text.getBoundingClientRect();
  const to = chosen?.getBoundingClientRect();
  text.scrollTop = to ? text.scrollTop + to.top - from.top - text.clientHeight / 3 : 0;
  text.scrollLeft = chosen?.closest(".page-image") ? text.scrollLeft + to.left - from.left - 16 : 0;
};

// The footnote that is shown here is the one that is marked in the conversation.
const follow = () => {
  reveal();
  element.querySelector("img")?.decode().then(reveal, () => {});
  const {turn, note} = element.querySelector(".panel")?.dataset ?? {};
  for (const mark of document.querySelectorAll("#conversation .note")) {
    const current = mark.dataset.note === note && mark.closest("[data-turn]").dataset.turn === turn;
    if (current) mark.setAttribute("aria-current", "true");
    else mark.removeAttribute("aria-current");
  }
};

document.addEventListener("source-opened", reveal);
watch("value", follow);
