// Saves what is written without being asked, and loses nothing: what is not saved yet stays in this tab, also when the
// connection or the session is gone, and comes back with the page.
const PAUSE = 3000; // milliseconds after the last key
const AGAIN = 5000; // after a save that did not get through
const LOOK = 15000; // whether somebody else saved

export function saving(area) {
  const words = area.dataset;
  const form = area.form;
  const name = `pauta-draft:${words.draft}`;
  const status = document.getElementById("kept");
  let timer = 0;
  let underway = false;
  let waits = null; // what was pressed while a save was on its way
  let stopped = false; // somebody else saved: the plain form leads to the comparison

  const unsaved = read(name);
  const brought = unsaved && unsaved.text !== area.value ? unsaved : null;
  if (brought) {
    form.elements.revision.value = brought.revision;
    area.value = brought.text;
  } else sessionStorage.removeItem(name);

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };
  const hold = () => {
    try {
      sessionStorage.setItem(name, JSON.stringify({ text: area.value, revision: form.elements.revision.value }));
    } catch {
      say(words.wordNoRoom);
    }
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  const overtaken = (who) => {
    stopped = true;
    say(words.wordOther.replace("{name}", who));
  };
  async function save() {
    if (underway || stopped) return;
    underway = true;
    const sent = area.value;
    const answer = await fetch(words.keep, { method: "POST", body: new FormData(form) }).catch(() => null);
    const told = answer?.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    underway = false;
    if (told?.revision) saved(told, sent);
    else if (told?.overtaken) overtaken(told.overtaken);
    else if (told?.refused) say(told.refused);
    else if (answer && (answer.redirected || answer.status === 403)) signedOut();
    else {
      say(words.wordOffline);
      later(AGAIN);
    }
    waits?.();
  }
  function saved(told, sent) {
    for (const each of [form.elements.revision, ...document.querySelectorAll('.states [name="revision"]')]) {
      each.value = told.revision;
    }
    if (area.value === sent) {
      sessionStorage.removeItem(name);
      say(words.wordSaved.replace("{time}", told.time));
    } else {
      hold();
      later(PAUSE);
    }
  }
  function signedOut() {
    const link = document.createElement("a");
    link.href = `${words.login}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = words.wordSignIn;
    status.replaceChildren(words.wordSignedOut, " ", link);
    later(LOOK);
  }
  async function look() {
    if (document.hidden || stopped) return;
    const answer = await fetch(words.standing).catch(() => null);
    const told = answer?.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    if (told && !underway && told.revision > Number(form.elements.revision.value)) overtaken(told.name);
  }
  return {
    text: () => area.value,
    changed() {
      hold();
      if (!stopped) later(PAUSE);
    },
    start() {
      if (brought) {
        say(words.wordBrought);
        later(PAUSE);
      }
      setInterval(look, LOOK);
      window.addEventListener("online", save);
      form.addEventListener("submit", (event) => {
        if (underway) {
          event.preventDefault();
          waits = () => {
            waits = null;
            form.requestSubmit(event.submitter);
          };
          return;
        }
        stopped = true; // nothing overtakes what is being sent
        clearTimeout(timer);
      });
    },
  };
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}
