// Runs when the list of conversations is on the page.
const of = (node) => node.closest("[data-id]").dataset;

const rename = (button) => {
  const item = button.closest("li");
  if (item.querySelector("form")) return;
  const form = document.createElement("form");
  form.className = "rename";
  form.innerHTML = '<input name="title" aria-label="New name" autocomplete="off"><button class="tool">Keep</button>';
  form.elements.title.value = of(button).title;
  item.append(form);
  form.elements.title.select();
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const {id, title} = of(button);
  const action = button.dataset.do;
  if (action === "open") {
    trigger("open", {id});
    footnote.tab("Ask");
  }
  if (action === "export") trigger("export", {id});
  if (action === "rename") rename(button);
  if (action === "delete" && confirm(`Delete “${title}” and all that was said in it?`)) trigger("remove", {id});
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("rename", {id: of(event.target).id, title: event.target.elements.title.value});
  event.target.remove();
});

// When it was, in the visitor's own time and language.
watch("value", () => {
  for (const time of element.querySelectorAll("time"))
    time.textContent = new Date(time.dateTime).toLocaleString([], {dateStyle: "medium", timeStyle: "short"});
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[role=tab]")?.textContent.trim() === "History") trigger("refresh", {});
});
