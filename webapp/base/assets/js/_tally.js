// Stools of the day by tapping: one tap on a type adds one. The lists of numbers behind it stay the form's own.

function button(words, className, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function turn(select, step) {
  const next = Math.min(9, Math.max(0, Number(select.value) + step));
  if (next === Number(select.value)) return;
  select.value = String(next);
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function tally(select, box) {
  const label = box.querySelector(`label[for="${select.id}"]`).textContent;
  const more = button(label, "btn btn-quiet more", () => turn(select, 1));
  const times = document.createElement("span");
  const less = button("−", "btn btn-quiet less", () => turn(select, -1));
  times.className = "times";
  less.setAttribute("aria-label", `${box.dataset.less}: ${label}`);
  const row = document.createElement("div");
  row.className = "tally";
  row.append(more, times, less);
  box.append(row);
  select.hidden = true;
  const show = () => {
    times.textContent = select.value;
    times.setAttribute("aria-label", `${label}: ${select.value}`);
    more.setAttribute("aria-label", `${label}: ${select.value}. ${box.dataset.more}`);
    less.disabled = select.value === "0";
  };
  select.addEventListener("change", show);
  show();
}

export function start(root) {
  root.querySelectorAll(".stools:not(.counts)").forEach((box) => {
    box.classList.add("counts");
    box.querySelectorAll("select").forEach((select) => tally(select, box));
  });
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
