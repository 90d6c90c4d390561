// Runs when there is something to say of uploaded files: looks again as long as some are not read yet.
let before = false;
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button?.dataset.do === "cancel") trigger("cancel", {});
  if (button?.dataset.do === "resolve") trigger("resolve", {...button.dataset});
});

setInterval(() => {
  const going = element.querySelector(".uploads")?.dataset.going === "true";
  if (going) trigger("refresh", {});
  else if (before) trigger("ready", {});
  before = going;
}, 400);
