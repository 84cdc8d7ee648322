// How long a signature may still be taken back, second by second; the offer goes when the time is over.
const text = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
const began = new WeakMap();

function tick() {
  document.querySelectorAll("[data-undo]").forEach((form) => {
    if (!began.has(form)) began.set(form, Date.now() + 1000 * Number(form.dataset.left));
    const left = Math.max(Math.round((began.get(form) - Date.now()) / 1000), 0);
    form.querySelector("[data-count]").textContent = text(left);
    if (!left) form.remove();
  });
}

if (document.querySelector("[data-undo]")) setInterval(tick, 1000);
