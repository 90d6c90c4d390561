// Before the page is built: what the browser alone knows, and what several parts of the page do.
window.footnote = {
  // The key by which this browser's conversations are found; whoever has it can read them, so it is long.
  key() {
    const made = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    if (!footnote.kept("key")) footnote.keep("key", made());
    return footnote.kept("key") ?? "";
  },

  // What this browser keeps; of some things, each of its tabs for itself.
  store: (name) => (name === "scope" || name === "draft" ? sessionStorage : localStorage),

  kept(name) {
    try {
      return JSON.parse(footnote.store(name).getItem("footnote-" + name));
    } catch {
      return null;
    }
  },

  keep(name, value) {
    try {
      footnote.store(name).setItem("footnote-" + name, JSON.stringify(value));
    } catch {
      // private windows: then it lasts as long as the page
    }
    return value;
  },

  known() {
    return [footnote.key(), footnote.conversation(), footnote.kept("scope") ?? "", footnote.kept("quick") ?? false, footnote.kept("theme") ?? "As the system"];
  },

  // What was typed before the page was loaded again, unless something is typed already.
  draft: () => document.querySelector("#box textarea").value || (footnote.kept("draft") ?? ""),

  // The conversation that the address names.
  conversation: () => (/^#[0-9a-f]{32}$/.test(location.hash) ? location.hash.slice(1) : ""),

  dress() {
    const theme = footnote.kept("theme");
    const dark = theme === "Dark" || (theme !== "Light" && matchMedia("(prefers-color-scheme: dark)").matches);
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  },

  choose(theme) {
    footnote.keep("theme", theme);
    footnote.dress();
    return theme;
  },

  download(saved) {
    const {name, text} = JSON.parse(saved);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type: "text/markdown"}));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    return saved;
  },

  async copy(button) {
    const label = button.textContent;
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
    footnote.say("Copied");
    setTimeout(() => (button.textContent = label), 1500);
  },

  sending: 0, // questions that the page has neither taken nor refused yet

  // The line to type in, once a question is taken: empty, but for what was refused or has been typed since.
  left(typed, refused) {
    footnote.sending = Math.max(0, footnote.sending - 1);
    return typed === footnote.question && !refused ? "" : typed;
  },

  // What a screen reader is told.
  say(words) {
    let live = document.getElementById("live");
    if (!live) {
      live = document.body.appendChild(document.createElement("div"));
      live.id = "live";
      live.setAttribute("aria-live", "polite");
      live.className = "unseen";
    }
    live.textContent = words;
  },

  tab(name) {
    [...document.querySelectorAll("#tabs [role=tab]")].find((tab) => tab.textContent.trim() === name)?.click();
  },

  open(button) {
    footnote.from = button;
    document.body.dataset.source = "open";
    document.dispatchEvent(new Event("source-opened"));
  },
};

// A second Enter, or one too many, does not ask again for what is on its way.
const once = (event) => {
  const enter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  const place = event.type === "click" ? "#line button.primary" : enter && "#box textarea";
  if (!place || !event.target.closest?.(place)) return;
  const typed = document.querySelector("#box textarea").value;
  const waiting = footnote.sending || document.querySelector(".turn[data-state=pending]");
  if (waiting && (!typed.trim() || typed === footnote.question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else {
    footnote.question = typed;
    footnote.sending += 1;
  }
};
for (const kind of ["keydown", "click"]) addEventListener(kind, once, true);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => footnote.dress());
document.addEventListener("DOMContentLoaded", () => {
  // Gradio goes by the system alone
  new MutationObserver(footnote.dress).observe(document.body, {attributes: true, attributeFilter: ["class"]});
  footnote.dress();
});
