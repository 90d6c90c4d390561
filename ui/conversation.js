// Runs when the conversation is on the page: `element` is its element, `trigger` calls the page's handlers.
const of = (node) => ({turn: node.closest("[data-turn]")?.dataset.turn, ...node.dataset});

const cite = (note) => {
  window.footnote = note;
  document.body.dataset.source = "open";
  document.dispatchEvent(new Event("source-opened"));
  for (const other of element.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  note.setAttribute("aria-current", "true");
  trigger("cite", of(note));
};

const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.text);
  } catch {
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = button.dataset.text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
};

const edit = (button) => {
  const question = button.closest(".question");
  if (question.querySelector("form")) return;
  const asked = question.querySelector("p");
  const form = document.createElement("form");
  form.className = "edit";
  form.innerHTML =
    '<textarea name="question" aria-label="Edit the question" rows="2"></textarea>' +
    '<button class="tool">Ask</button><button class="tool" type="button" data-do="cancel">Cancel</button>';
  form.elements.question.value = asked.textContent;
  question.dataset.editing = "true";
  asked.after(form);
  form.elements.question.focus();
};

const cancel = (node) => {
  const question = node.closest(".question");
  question.querySelector("form").remove();
  delete question.dataset.editing;
  question.querySelector("[data-do=edit]").focus();
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const action = button.dataset.do;
  if (action === "cite") cite(button);
  if (action === "copy") copy(button);
  if (action === "edit") edit(button);
  if (action === "cancel") cancel(button);
  if (action === "ask") trigger("example", of(button));
  if (action === "retry") trigger("retry", of(button));
  if (action === "rate") trigger("rate", {...of(button), comment: ""});
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.className === "edit") {
    const question = form.elements.question.value;
    const turn = of(form).turn;
    cancel(form);
    trigger("edit", {turn, question});
  } else {
    trigger("rate", {...of(form), comment: form.elements.comment.value});
  }
});

element.addEventListener("keydown", (event) => {
  const editing = event.target.closest(".edit");
  if (!editing) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    cancel(editing);
  }
  if (event.key === "Enter" && !event.shiftKey && event.target.name === "question") {
    event.preventDefault();
    editing.requestSubmit();
  }
});

let pointing;
element.addEventListener("pointerover", (event) => {
  clearTimeout(pointing);
  const note = event.target.closest(".note");
  if (note && event.pointerType === "mouse") pointing = setTimeout(() => cite(note), 150);
});

let count = 0;
watch("value", () => {
  const turns = element.querySelectorAll("[data-turn]");
  if (turns.length > count) turns[turns.length - 1].scrollIntoView({block: "start", behavior: "smooth"});
  count = turns.length;
});
