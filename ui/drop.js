// Runs when the place to drop files on is there: sends files one by one, and can be cancelled.
const zone = element.querySelector(".drop");
const sending = element.querySelector(".sending");
const endings = zone.dataset.accept.split(",");
const largest = +zone.dataset.largest;
let cancelled = false;
let busy = Promise.resolve();

const size = (file) => (file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} KB` : `${(file.size / 1e6).toFixed(1)} MB`);

const say = (words) => {
  sending.innerHTML = words ? '<p></p><button class="tool" data-do="cancel">Cancel</button>' : "";
  if (words) sending.querySelector("p").textContent = words;
};

const send = async (files) => {
  cancelled = false;
  const left = [];
  for (const [number, {file, name}] of files.entries()) {
    if (cancelled) break;
    if (file.size > largest) {
      left.push(name);
      continue;
    }
    say(`Sending ${name} (${size(file)}), ${number + 1} of ${files.length}`);
    try {
      const {path} = await upload(file);
      if (!cancelled) trigger("arrive", {path, name});
    } catch {
      left.push(name);
    }
  }
  say("");
  if (left.length) {
    const note = sending.appendChild(document.createElement("p"));
    note.className = "trouble";
    note.textContent = `Not sent, for they are larger than ${largest / 2 ** 20} MB or could not be read: ${left.join(", ")}`;
  }
};

const take = (files) => {
  // of a folder, only what can be read; of files that were chosen one by one, all, so that it is said what can't be
  const fits = ({name}) => !name.includes("/") || endings.some((ending) => name.toLowerCase().endsWith(ending));
  const visible = ({name}) => !name.split("/").some((part) => part.startsWith("."));
  const taken = files.filter(fits).filter(visible);
  if (!taken.length && files.length) sending.textContent = "There is nothing in it that can be read.";
  busy = busy.then(() => send(taken));
};

element.addEventListener("change", (event) => {
  take([...event.target.files].map((file) => ({file, name: file.webkitRelativePath || file.name})));
  event.target.value = "";
});

element.addEventListener("click", (event) => {
  if (!event.target.closest("[data-do=cancel]")) return;
  cancelled = true;
  trigger("cancel", {});
});

const within = async (entry, path = "") => {
  if (entry.isFile) return [{file: await new Promise((done, fail) => entry.file(done, fail)), name: path + entry.name}];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map((child) => within(child, `${path}${entry.name}/`)))).flat();
};

for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
  zone.addEventListener(kind, async (event) => {
    event.preventDefault();
    zone.dataset.over = kind === "dragenter" || kind === "dragover";
    if (kind !== "drop") return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    take((await Promise.all(entries.map((entry) => within(entry)))).flat());
  });
