// The review page with a script: the cursor survives a refresh and moves on, items on screen count as seen,
// "why" opens over the page. Without it the same forms and links load whole pages.

const SEEN_AFTER = 500; // milliseconds on screen

let cursor = null; // id of the row the doctor is at
let order = []; // ids of the rows before a refresh
let scrolled = 0;
let waiting = new Set();
let timer = null;

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const list = () => document.querySelector(".items");

function put(row, focus) {
  rows().forEach((one) => one.classList.toggle("cursor", one === row));
  cursor = row?.id ?? null;
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  if (focus) row.querySelector("[data-row-title]")?.focus({ preventScroll: true });
}

// After a decision: the same row if it still waits, else the next one that does, else the same again.
function next() {
  const all = rows();
  const from = Math.max(order.indexOf(cursor), 0);
  const ahead = [...all.slice(from), ...all.slice(0, from)];
  return ahead.find((row) => row.hasAttribute("data-pending")) ?? document.getElementById(cursor) ?? all[0];
}

function remember() {
  cursor = document.querySelector("[data-row].cursor")?.id ?? cursor;
  order = rows().map((row) => row.id);
  scrolled = list()?.scrollTop ?? 0;
}

function send() {
  const form = document.getElementById("seen-form");
  if (!form || !waiting.size) return;
  form.querySelectorAll("[name=item]").forEach((field) => field.remove());
  waiting.forEach((id) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "item", value: id });
    form.append(field);
  });
  waiting = new Set();
  form.requestSubmit();
}

const watcher = new IntersectionObserver(
  (entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      waiting.add(entry.target.dataset.unseen);
      watcher.unobserve(entry.target);
    });
    clearTimeout(timer);
    timer = setTimeout(send, SEEN_AFTER);
  },
  { threshold: 0.6 },
);

function watch() {
  watcher.disconnect();
  document.querySelectorAll("[data-unseen]").forEach((row) => watcher.observe(row));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "plan") remember();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const id = event.detail.target.id;
  if (id === "plan") {
    if (list()) list().scrollTop = scrolled;
    put(next(), true);
    watch();
  }
  const dialog = document.getElementById("why");
  if (id === "why" && dialog && !dialog.open) {
    document.querySelector(".cursor [data-row-title]")?.focus({ preventScroll: true }); // where the focus returns to
    dialog.showModal();
  }
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && !row.classList.contains("cursor")) put(row, false);
});
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) put(row, false);
  if (event.target.closest("[data-row-title]")) event.preventDefault();
  if (event.target.id === "why") event.target.close();
});
// A form that opens inside a row takes the focus, so that a reason is one key away.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("details.act[open]")) event.target.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  },
  true,
);
// Enter signs only where it has nothing else to do: a button, a link or a field keeps its own Enter.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && event.target.closest("button, summary, input, select, textarea, a:not([data-row-title])")) event.stopPropagation();
    if (event.key === "Escape") document.activeElement?.closest("details.act[open]")?.removeAttribute("open");
  },
  true,
);

watch();
put(document.getElementById(location.hash.slice(1)) ?? next() ?? null, false);
