// Keys. data-key="n" on a link or button: pressing n uses it. data-rows: j and k move among its [data-row] children.
// The dialog under ? lists what the page offers, by data-key-label or the element's own words.

import htmx from "htmx.org";

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function inDialog() {
  return document.querySelector("dialog[open]") !== null;
}

function rows() {
  return [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.checkVisibility());
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.classList.contains("cursor"));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("cursor", row === next));
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a, button")?.focus({ preventScroll: true });
  return true;
}

// A key inside a row works only on the row under the cursor: nobody decides a line without having chosen it.
function under(key) {
  const row = document.querySelector("[data-row].cursor");
  const inRow = row ? [...row.querySelectorAll("[data-key]")] : [];
  const onPage = [...document.querySelectorAll("[data-key]")].filter((item) => !item.closest("[data-row]"));
  return [...inRow, ...onPage].find((item) => item.dataset.key === key && item.checkVisibility()) ?? null;
}

// htmx takes over a part that came in a moment after it stands: a key in that moment would leave the page.
function use(element) {
  if (element.matches("input, textarea, select")) return element.focus();
  htmx.process(element);
  element.click();
}

function words(element) {
  const label = element.dataset.keyLabel ?? element.getAttribute("aria-label");
  if (label) return label;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function help(dialog) {
  const list = dialog.querySelector("dl");
  const seen = new Map();
  document.querySelectorAll("[data-key]").forEach((item) => {
    if (!seen.has(item.dataset.key)) seen.set(item.dataset.key, words(item));
  });
  if (rows().length) seen.set("j k", list.dataset.move);
  seen.set("?", list.dataset.help);
  list.replaceChildren(
    ...[...seen].flatMap(([key, label]) => {
      const [term, meaning, cap] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
      cap.textContent = key;
      meaning.textContent = label;
      term.append(cap);
      return [term, meaning];
    }),
  );
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || inDialog()) return;
  const dialog = document.getElementById("keys");
  if (event.key === "?" && dialog) help(dialog);
  else if (event.key === "j" && move(1)) event.preventDefault();
  else if (event.key === "k" && move(-1)) event.preventDefault();
  else {
    const target = under(event.key);
    if (!target) return;
    event.preventDefault();
    use(target);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) help(document.getElementById("keys"));
});
