// Answers that survive losing the network. Each is kept on the device before it is sent (_kept.js) and let go of when
// the server names its key. What could not be sent goes, in order and once, as soon as the network is back.
import htmx from "htmx.org";
import * as kept from "./_kept.js";

const KEY = "X-Answer-Key";
const pauses = [2000, 5000, 15000, 60000];
let tries = 0;
let timer = null;
let sending = null;
let goOn = null; // the button that waits for the network

function say(sentence) {
  const place = document.querySelector(".toasts");
  const notice = document.createElement("div");
  const close = document.createElement("button");
  notice.className = "toast-p";
  notice.dataset.stays = "";
  notice.setAttribute("role", "status");
  close.type = "button";
  close.className = "iconbtn";
  close.setAttribute("aria-label", kept.words.close ?? "");
  close.textContent = "×";
  close.addEventListener("click", () => notice.remove());
  notice.append(sentence, close);
  place?.append(notice);
}

function sign(sentence) {
  const place = document.getElementById("saved") ?? document.getElementById("kept-sign");
  if (place && sentence) place.textContent = sentence;
}

function fieldOf(element, path) {
  const field = element.closest?.("[data-answer]");
  return field && field.dataset.answerTo === path ? field : null;
}

// The controls of one question only: the form around it holds the others too.
function own(formData, item) {
  return [...formData].filter(
    ([name, value]) => typeof value === "string" && (name === item || name.startsWith(`${item}-`)),
  );
}

function entryOf(item, fields) {
  const to = document.getElementById("answers").dataset.keptTo;
  return { to, language: kept.words.language, fields: [["item", item], ...fields] };
}

// --- sending

async function deliver(entry) {
  const body = new URLSearchParams(entry.fields);
  const headers = {
    [KEY]: kept.keyOf(entry.name),
    "X-Answer-Waited": String(kept.waited(entry.name)),
    "X-Answer-Language": entry.language,
    "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "",
  };
  const reply = await fetch(entry.to, { method: "POST", body, headers, redirect: "manual" });
  if (reply.headers.get(KEY) === kept.keyOf(entry.name)) return reply.json();
  if (reply.status === 404) return { told: [kept.words.refused] }; // no longer there for this person
  throw new Error("not taken"); // signed out, or the server is being restarted: it waits
}

// A page is left for another one only from the questionnaire itself; elsewhere the person is told and stays.
function show(reply, entry) {
  const here = document.getElementById("answers")?.dataset.keptTo === entry.to;
  (reply.told ?? []).forEach(say);
  if (reply.screen) {
    document.body.innerHTML = reply.screen;
    htmx.process(document.body);
    window.scrollTo(0, 0);
  }
  if (reply.go && here) window.location.assign(reply.go);
  if (reply.go && !here) say(kept.words.sent);
  return reply.screen || (reply.go && here);
}

async function sendAll() {
  await Promise.all(writing);
  const entries = await kept.waiting();
  let saved = "";
  for (const entry of entries) {
    const reply = await deliver(entry);
    kept.forget(entry.name);
    saved = reply.saved;
    if (show(reply, entry)) return true;
  }
  if (entries.length) sign(saved);
  return false;
}

// Resolves to whether all that waited when it was called has been sent; true also when the page is being left.
export function send() {
  return sending ? sending.then((done) => done && send()) : begin();
}

function begin() {
  sending = sendAll()
    .then(() => true)
    .catch(() => false)
    .then((done) => {
      sending = null;
      clearTimeout(timer);
      if (done) tries = 0;
      else {
        sign(kept.words.kept);
        timer = setTimeout(send, pauses[Math.min(tries++, pauses.length - 1)]);
      }
      if (done && goOn) continued();
      return done;
    });
  return sending;
}

function continued() {
  const button = goOn;
  goOn = null;
  document.getElementById("kept-note")?.replaceChildren();
  button.form.requestSubmit(button);
}

// --- an answer given on the page

const named = new Map(); // what was just given, by question, until its request begins: requests wait for each other
const drafts = new Map(); // of long texts, by question: kept while they are being written
const writing = new Set();

function keep(name, item, fields) {
  const done = kept.keep(name, entryOf(item, fields)).finally(() => writing.delete(done));
  writing.add(done);
  return done;
}

function given(field, button) {
  const item = field.dataset.answer;
  const name = drafts.get(item) ?? kept.label();
  const data = new FormData(field.closest("form"));
  if (button?.name) data.append(button.name, button.value);
  drafts.delete(item);
  named.set(item, [...(named.get(item) ?? []), name]);
  keep(name, item, own(data, item));
}

// Before htmx hears of it: its own listeners stand on the fields.
document.addEventListener(
  "change",
  (event) => {
    const field = kept.able && event.target.closest("[data-answer][hx-post]");
    if (field) given(field, null);
  },
  true,
);
document.addEventListener(
  "click",
  (event) => {
    const button = kept.able && event.target.closest("[data-answer] button[hx-post]");
    if (button) given(button.closest("[data-answer]"), button);
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, path, formData, headers } = event.detail;
  const field = kept.able && fieldOf(elt, path);
  if (!field) return;
  const item = field.dataset.answer;
  const waits = named.get(item)?.shift();
  const name = waits ?? drafts.get(item) ?? kept.label();
  drafts.delete(item);
  headers[KEY] = kept.keyOf(name);
  event.detail.kept = { name, done: waits ? Promise.resolve() : keep(name, item, own(formData, item)) };
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig, elt } = event.detail;
  if (!requestConfig.kept || navigator.onLine) return;
  event.preventDefault();
  sign(kept.words.kept);
  alarm(elt.closest("[data-answer]"));
});

document.addEventListener("htmx:afterRequest", async (event) => {
  const { requestConfig, xhr, elt } = event.detail;
  if (!requestConfig?.kept || !xhr) return;
  await Promise.all(writing);
  if (xhr.getResponseHeader(KEY) === kept.keyOf(requestConfig.kept.name)) kept.forget(requestConfig.kept.name);
  else if (!xhr.getResponseHeader("HX-Redirect")) {
    alarm(elt.closest("[data-answer]"));
    send();
  }
});

document.addEventListener("input", (event) => {
  const field = kept.able && event.target.matches("textarea") && event.target.closest("[data-answer]");
  if (!field) return;
  const item = field.dataset.answer;
  if (!drafts.has(item)) drafts.set(item, kept.label());
  keep(drafts.get(item), item, [[item, event.target.value]]);
});

// --- a red flag without network: the screen approved for it shows at once, from the page itself

function alarm(field) {
  const template = field && document.querySelector(`template[data-alarm="${CSS.escape(field.dataset.answer)}"]`);
  const chosen = field?.querySelector("input:checked");
  if (!template || chosen?.value !== "yes" || document.getElementById("alarm")) return;
  document.body.querySelectorAll(":scope > header, :scope > main, :scope > .pfoot").forEach((part) => {
    part.hidden = true;
  });
  document.body.append(template.content.cloneNode(true));
  document.getElementById("alarm").focus();
  window.scrollTo(0, 0);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-alarm-close]")) return;
  document.getElementById("alarm").remove();
  document.body.querySelectorAll(":scope > [hidden]").forEach((part) => {
    part.hidden = false;
  });
});

// --- going on, sending a page of the diary, leaving

function note() {
  const text = document.getElementById("kept-next");
  if (text) document.getElementById("kept-note").replaceChildren(text.content.cloneNode(true));
}

async function goOnWhenSaved(form, button) {
  const sends = form.matches("[data-sends]") && button?.value === "next";
  if (sends) await kept.keep(kept.label(), { to: form.dataset.keptTo, language: kept.words.language, fields: [] });
  const done = await send();
  if (done && !sends) {
    submitAnew(form, button);
  } else if (!done) {
    if (!sends) goOn = button;
    note();
  }
}

// In a task of its own: while the first submit event still runs, a browser ignores a second one.
function submitAnew(form, button) {
  setTimeout(() => {
    form.dataset.clear = "yes";
    form.requestSubmit(button);
  });
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!kept.able || event.defaultPrevented) return;
    const sends = form.matches("[data-sends]") && event.submitter?.value === "next";
    const calm = navigator.onLine && !writing.size && !kept.any();
    if (form.matches("[data-answers]") && !form.dataset.clear && (sends || !calm)) {
      event.preventDefault();
      goOnWhenSaved(form, event.submitter);
    } else if (form.matches("#send") && !form.dataset.clear && !calm) {
      event.preventDefault(); // nothing is sent to the doctor without what still waits here
      send().then((done) => {
        if (done) submitAnew(form, event.submitter);
      });
    } else if (form.matches('[action$="/logout/"]') && !form.dataset.clear) {
      event.preventDefault();
      send().then(() => {
        kept.forgetAll();
        submitAnew(form, event.submitter);
      });
    }
    delete form.dataset.clear;
  },
  true,
);

window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && kept.able && send());
if (kept.able) send().then(kept.forgetOld).then((lost) => lost && say(kept.words.forgotten));
else kept.forgetOld();
