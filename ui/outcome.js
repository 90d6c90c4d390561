// Runs when there is something to say of uploaded files: looks again as long as some are not read yet.
let waiting;
let before;
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button?.dataset.do === "cancel") trigger("cancel", {});
  if (button?.dataset.do === "settle") trigger("settle", {...button.dataset});
});

const look = () => {
  clearTimeout(waiting);
  const going = element.querySelector(".uploads")?.dataset.going === "true";
  if (going) waiting = setTimeout(() => trigger("look", {}), 400);
  else if (before) trigger("ready", {});
  before = going;
};

watch("value", look);
look();
