// Short notices at the bottom left. They stay while the pointer or the focus is on them, and can be closed.
const SHOWN = 8000;

function close(toast) {
  toast.remove();
}

function watch(toast) {
  let timer = setTimeout(() => close(toast), SHOWN);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => close(toast), SHOWN);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusout", release);
  toast.querySelector("[data-close]")?.addEventListener("click", () => close(toast));
}

// A problem stays until it is closed: somebody has to do something about it.
function start(root) {
  root.querySelectorAll(".toast-p:not([data-stays])").forEach(watch);
  root.querySelectorAll(".toast-p[data-stays] [data-close]").forEach((button) => {
    button.addEventListener("click", () => close(button.closest(".toast-p")));
  });
}

// A fragment may say something too: HX-Trigger: {"toast": "text"}.
function say(text) {
  const place = document.querySelector(".toasts");
  const toast = document.createElement("div");
  toast.className = "toast-p";
  toast.textContent = text;
  place?.append(toast);
  watch(toast);
}

start(document);
document.addEventListener("toast", (event) => say(event.detail.value));
