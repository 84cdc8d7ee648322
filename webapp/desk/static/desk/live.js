// The worklist follows what happens without being loaded anew. While somebody is in it, with the pointer, the focus or
// the cursor of the keys, nothing moves: how many have come is said above, and a key shows them. What is chosen stays.
const asks = document.getElementById("live");
const list = () => document.getElementById("waiting");
let shows = false; // the person asked to see what is new
let place = null; // the row that must not jump, and where it stood

function pointed() {
  return matchMedia("(hover: hover)").matches && list().querySelector("#who-waits:hover") !== null;
}

function busy() {
  const active = document.activeElement;
  const inRow = active?.closest("#waiting [data-row]") !== null && active !== document.body;
  return Boolean(pointed() || inRow || document.querySelector("dialog[open]"));
}

function anchor() {
  const region = document.getElementById("who-waits");
  const top = region.getBoundingClientRect().top;
  const row =
    region.querySelector("[data-row].cursor") ??
    [...region.querySelectorAll("[data-row]")].find((one) => one.getBoundingClientRect().bottom > top + 40);
  const held = region.contains(document.activeElement) ? document.activeElement.id : "";
  return {
    id: row?.id ?? "",
    y: row?.getBoundingClientRect().top ?? 0,
    scrolled: region.scrollTop > 0,
    cursor: row?.classList.contains("cursor") ?? false,
    focus: shows ? held || "who-waits" : held,
  };
}

function settle({ id, y, scrolled, cursor, focus }) {
  const region = document.getElementById("who-waits");
  const row = id ? document.getElementById(id) : null;
  if (row && cursor) row.classList.add("cursor");
  if (row && scrolled) region.scrollTop += row.getBoundingClientRect().top - y;
  const kept = focus ? (document.getElementById(focus) ?? region) : null;
  kept?.focus({ preventScroll: true });
}

if (asks) {
  asks.addEventListener("htmx:configRequest", (event) => {
    if (!shows && busy()) event.detail.parameters.busy = "1";
  });
  asks.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden) event.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "waiting") place = anchor();
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (!place || event.detail.requestConfig?.elt !== asks) return;
    settle(place);
    place = null;
    shows = false;
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-live-show]")) return;
    shows = true;
    asks.dispatchEvent(new Event("show"));
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) asks.dispatchEvent(new Event("look"));
  });
}
