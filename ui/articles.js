// Runs when the list of articles is on the page.
const chosen = new Map(); // id → title, across pages

const show = () => {
  for (const box of element.querySelectorAll("[data-article] [type=checkbox]"))
    box.checked = chosen.has(box.closest("[data-article]").dataset.article);
  const button = element.querySelector("[data-do=choose]");
  if (button) {
    button.disabled = !chosen.size;
    button.textContent = chosen.size ? `Ask only the ${chosen.size} chosen` : "Choose articles to ask only those";
  }
};

const list = (page = 1) => {
  const {words, folder, sort} = element.querySelector(".finder").elements;
  trigger("list", {words: words.value, folder: folder.value, sort: sort.value, page});
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const {article, title} = button.closest("[data-article]")?.dataset ?? {};
  const action = button.dataset.do;
  if (action === "read") {
    footnote.open(button);
    trigger("read", {article});
  }
  if (action === "remove" && confirm(`Remove “${title}” from the library?`)) {
    chosen.delete(article);
    trigger("remove", {article});
  }
  if (action === "page") list(+button.dataset.page);
  if (action === "choose") trigger("choose", {articles: [...chosen.keys()], folder: ""});
  if (action === "choose-found") trigger("choose", {articles: [], ...button.dataset});
  if (action === "choose-folder") trigger("choose", {articles: [], folder: button.dataset.folder});
  if (action.startsWith("choose")) footnote.tab("Ask");
});

let typing;
element.addEventListener("input", (event) => {
  if (event.target.type === "checkbox") {
    const {article, title} = event.target.closest("[data-article]").dataset;
    if (event.target.checked) chosen.set(article, title);
    else chosen.delete(article);
    show();
  } else if (event.target.closest(".finder")) {
    clearTimeout(typing);
    typing = setTimeout(list, event.target.name === "words" ? 200 : 0);
  }
});
element.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("scope-cleared", () => {
  chosen.clear();
  show();
});

watch("value", show);
show();
