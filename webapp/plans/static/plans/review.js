// The review page with a script: the cursor survives a refresh and moves on, items on screen count as seen,
// "why" opens over the page. Without it the same forms and links load whole pages.

const SEEN_AFTER = 500; // milliseconds on screen

let cursor = null; // id of the row the doctor is at
let order = []; // ids of the rows before a refresh
let scrolled = 0;
let waiting = new Set();
let timer = null;
const since = new Map(); // id of an item on screen -> when it came there
const spent = new Map(); // id of an item -> milliseconds on screen

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

// How long each item is on screen is told when the page is left: what is read for long is worth a look.
const clock = new IntersectionObserver(
  (entries) => entries.forEach((entry) => (entry.isIntersecting ? begin(entry.target.id) : stop(entry.target.id))),
  { threshold: 0.6 },
);

function begin(id) {
  if (!document.hidden && !since.has(id)) since.set(id, Date.now());
}

function stop(id) {
  if (since.has(id)) spent.set(id, (spent.get(id) ?? 0) + Date.now() - since.get(id));
  since.delete(id);
}

function tell() {
  [...since.keys()].forEach(stop);
  const form = new FormData();
  spent.forEach((time, id) => {
    if (time >= 1000) form.append(`s-${id.replace("item-", "")}`, String(Math.round(time / 1000)));
  });
  spent.clear();
  const address = document.querySelector("[data-on-screen]")?.dataset.onScreen;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!address || !token || ![...form.keys()].length) return;
  form.append("csrfmiddlewaretoken", token);
  navigator.sendBeacon(address, form);
}

function watch() {
  watcher.disconnect();
  clock.disconnect();
  document.querySelectorAll("[data-unseen]").forEach((row) => watcher.observe(row));
  rows().forEach((row) => clock.observe(row));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "plan") remember();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const id = event.detail.target.id;
  if (id === "plan") {
    document.getElementById("ask")?.close();
    if (list()) list().scrollTop = scrolled;
    put(next(), true);
    document.querySelector(".cursor details.act[open] [data-focus]")?.focus(); // a form that came back asks for its reason
    watch();
  }
  if (["why", "text", "ask"].includes(id)) open(document.getElementById(id));
});
function open(dialog) {
  if (!dialog.open) {
    document.querySelector(".cursor [data-row-title]")?.focus({ preventScroll: true }); // where the focus returns to
    dialog.showModal();
  }
  dialog.querySelector("[autofocus]")?.focus();
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && !row.classList.contains("cursor")) put(row, false);
});
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) put(row, false);
  if (event.target.closest("[data-row-title]")) event.preventDefault();
  if (event.target.matches("dialog[open]")) event.target.close();
  if (event.target.closest("a[data-dialog-close]")) event.preventDefault();
});
// A form that opens inside a row takes the focus, so that a reason is one key away.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches("details.act[open]")) return;
    const first = event.target.querySelector("[data-focus]") ?? event.target.querySelector("select, input:not([type=hidden]), textarea");
    first?.focus();
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

document.addEventListener("visibilitychange", () => {
  if (document.hidden) tell();
  else watch();
});
window.addEventListener("pagehide", tell);

watch();
put(document.getElementById(location.hash.slice(1)) ?? next() ?? null, false);
