// Light or dark before the first paint: the person's choice on this device, else the device's own.
const KEY = "pauta-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage may be closed to us; the device's own theme will do
  }
}

function apply() {
  document.documentElement.dataset.bsTheme = chosen() ?? (dark.matches ? "dark" : "light");
}

function turn() {
  const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // the choice then lasts as long as this page
  }
  document.documentElement.dataset.bsTheme = next;
}

apply();
dark.addEventListener("change", apply);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) turn();
});
