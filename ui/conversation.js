// Runs when the conversation is on the page: `element` is its element, `trigger` calls the page's handlers.
const of = (node) => ({turn: node.closest("[data-turn]")?.dataset.turn, ...node.dataset});

const cite = (note) => {
  footnote.open(note);
  for (const other of element.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  note.setAttribute("aria-current", "true");
  trigger("cite", of(note));
  if (matchMedia("(max-width: 820px)").matches) {
    // the sheet takes the lower part: keep what was tapped above it
    const away = note.getBoundingClientRect().top - innerHeight * 0.2;
    scrollBy({top: away, behavior: "smooth"});
  }
};

const edit = (button) => {
  const question = button.closest(".question");
  if (question.querySelector("form")) return;
  const asked = question.querySelector("h2");
  const form = document.createElement("form");
  form.className = "edit";
  form.innerHTML =
    '<textarea name="question" aria-label="Edit the question" rows="2"></textarea>' +
    '<button class="tool">Ask</button><button class="tool" type="button" data-do="cancel">Cancel</button>';
  form.elements.question.value = asked.textContent;
  question.dataset.editing = "true";
  question.append(form);
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
  if (action === "copy") footnote.copy(button);
  if (action === "edit") edit(button);
  if (action === "cancel") cancel(button);
  if (action === "articles") footnote.tab("Articles");
  if (action === "ask") trigger("example", of(button));
  if (action === "retry") trigger("retry", of(button));
  if (action === "branch") trigger("branch", {turn: button.dataset.to});
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
  if (note && event.pointerType === "mouse" && document.body.dataset.source !== "closed")
    pointing = setTimeout(() => cite(note), 150);
});

// The address names the conversation, so that a reload and the way back find it.
let conversation = footnote.conversation();
addEventListener("popstate", () => {
  if (footnote.conversation() === conversation) return;
  conversation = footnote.conversation();
  trigger("open", {id: conversation});
});

let last, said;
watch("value", () => {
  const turns = element.querySelectorAll("[data-turn]");
  const turn = turns[turns.length - 1];
  const shown = element.querySelector("[data-conversation]")?.dataset.conversation ?? "";
  if (shown !== conversation) {
    conversation = shown;
    history.pushState(null, "", shown ? "#" + shown : location.pathname + location.search);
  }
  if (!turn) {
    last = said = undefined;
    return;
  }
  if (turn.dataset.turn !== last) {
    // a new question: to the top of the window, with room below it for the answer
    turn.scrollIntoView({block: "start", behavior: last === undefined ? "instant" : "smooth"});
    last = turn.dataset.turn;
    said = undefined;
  }
  const words = [...turn.querySelectorAll(".statement, .abstention > :is(h3, p), .open, .trouble")];
  const now = words.map((part) => [...part.childNodes].filter((n) => n.className !== "note").map((n) => n.textContent).join(""));
  const news = said === undefined ? now : now.slice(said);
  if (news.length) footnote.say(news.join(" "));
  else if (said === undefined) footnote.say("Looking for an answer");
  said = now.length;
});
