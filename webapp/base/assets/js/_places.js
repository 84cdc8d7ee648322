// Where a name is declared and what uses it; and the outline of the text.
import { EditorView } from "@codemirror/view";

import { keyOf, wordAt } from "./_words.js";

const PARTS = new Set(["rules", "define", "parameters", "tables", "facts", "medicines", "regimens", "groups", "codes"]);

export function goTo(view, line) {
  const at = view.state.doc.line(Math.min(line, view.state.doc.lines)).from;
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "start", yMargin: 40 }) });
  view.focus();
}

function ownLine(doc, name) {
  let part = "";
  for (let n = 1; n <= doc.lines; n += 1) {
    const key = keyOf(doc.line(n).text);
    if (key?.column === 0) part = key.name;
    else if (key?.column === 2 && key.name === name && PARTS.has(part)) return n;
  }
  return 0;
}

async function asked(area, name) {
  const address = `${area.dataset.uses}?json=1&name=${encodeURIComponent(name)}`;
  const answer = await fetch(address).catch(() => null);
  return answer?.headers.get("content-type")?.includes("json") ? answer.json() : null;
}

function say(words) {
  document.getElementById("judged-tab").textContent = words;
}

export function definition(area) {
  return (view) => {
    const word = wordAt(view.state, view.state.selection.main.head);
    const own = word && ownLine(view.state.doc, word.name);
    if (own) goTo(view, own);
    else if (word) {
      asked(area, word.name).then((found) => {
        const one = found?.declared[0];
        if (one) window.open(one.address, "_blank", "noopener");
        else say(area.dataset.wordNoMeaning);
      });
    }
    return true;
  };
}

export function uses(area) {
  return (view) => {
    const word = wordAt(view.state, view.state.selection.main.head);
    if (word) asked(area, word.name).then((found) => found && list(area, view, word.name, found.uses));
    return true;
  };
}

function list(area, view, name, places) {
  const here = [];
  const whole = new RegExp(`\\b${name}\\b`);
  for (let n = 1; n <= view.state.doc.lines; n += 1) if (whole.test(view.state.doc.line(n).text)) here.push(n);
  const head = document.getElementById("uses-count");
  const more = document.createElement("a");
  Object.assign(more, { href: `${area.dataset.uses}?name=${encodeURIComponent(name)}`, target: "_blank", rel: "noopener" });
  more.textContent = area.dataset.wordAllUses;
  head.replaceChildren(area.dataset.wordUses.replace("{name}", name).replace("{n}", places.length), " ", more);
  document.getElementById("uses").replaceChildren(...here.map((n) => inText(area, view, n)), ...places.map(elsewhere));
  document.getElementById("uses-part").hidden = false;
}

function inText(area, view, line) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-sm btn-bare" });
  button.textContent = area.dataset.wordLine.replace("{n}", line);
  button.addEventListener("click", () => goTo(view, line));
  const item = document.createElement("li");
  item.append(button, ` ${view.state.doc.line(line).text.trim().slice(0, 80)}`);
  return item;
}

function elsewhere(place) {
  const link = document.createElement("a");
  Object.assign(link, { href: place.address, target: "_blank", rel: "noopener", textContent: `${place.path}:${place.line}` });
  const item = document.createElement("li");
  item.append(link, ` ${place.kind} ${place.name}`);
  return item;
}

// Sections and what stands in them by name, with the title in the reader's language where the text gives one.
function entries(doc) {
  const found = [];
  const words = new RegExp(`^\\s+${document.documentElement.lang.slice(0, 2)}:\\s*(.+)$`);
  for (let n = 1; n <= doc.lines; n += 1) {
    const key = keyOf(doc.line(n).text);
    if (key?.column === 0) found.push({ line: n, name: key.name, level: 1, title: "" });
    else if (key?.column === 2 && PARTS.has(found.findLast((one) => one.level === 1)?.name)) {
      found.push({ line: n, name: key.name, level: 2, title: titled(doc, n, words) });
    }
  }
  return found.filter((one, at) => one.level === 2 || found[at + 1]?.level === 2 || PARTS.has(one.name));
}

function titled(doc, line, words) {
  if (keyOf(doc.line(Math.min(line + 1, doc.lines)).text)?.name !== "title") return "";
  for (let n = line + 2; n <= Math.min(line + 3, doc.lines); n += 1) {
    const said = words.exec(doc.line(n).text);
    if (said) return said[1].replace(/^["']|["']$/g, "");
  }
  return "";
}

export function outline() {
  const fold = document.getElementById("outline-fold");
  const host = document.getElementById("outline");
  if (!host) return { extension: [], draw: () => {} };
  host.hidden = false;
  fold.open = window.matchMedia("(min-width: 1101px)").matches;
  let timer = 0;
  const draw = (view) => {
    const list = fold.querySelector("ol");
    list.replaceChildren(...entries(view.state.doc).map((one) => entry(view, one)));
    mark(view);
  };
  const mark = (view) => {
    const line = view.state.doc.lineAt(view.state.selection.main.head).number;
    const all = [...fold.querySelectorAll("button")];
    const here = all.findLast((each) => Number(each.dataset.line) <= line);
    for (const each of all) {
      each.removeAttribute("aria-current");
      each.tabIndex = each === (here ?? all[0]) ? 0 : -1; // one stop for Tab; arrows move within
    }
    here?.setAttribute("aria-current", "location");
  };
  fold.querySelector("ol").addEventListener("keydown", (event) => {
    const all = [...fold.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  });
  const extension = EditorView.updateListener.of((update) => {
    if (update.docChanged) {
      clearTimeout(timer);
      timer = setTimeout(() => draw(update.view), 300);
    } else if (update.selectionSet) mark(update.view);
  });
  return { extension, draw };
}

function entry(view, one) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: `level-${one.level}` });
  button.dataset.line = one.line;
  const name = document.createElement("span");
  name.textContent = one.name;
  button.append(name);
  if (one.title) button.append(Object.assign(document.createElement("small"), { textContent: one.title }));
  button.addEventListener("click", () => goTo(view, Number(button.dataset.line)));
  const item = document.createElement("li");
  item.append(button);
  return item;
}
