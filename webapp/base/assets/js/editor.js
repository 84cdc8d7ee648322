// The editor of the studio: grows over textarea[data-editor], which keeps every letter, so that the plain form saves.
// The server judges; nothing here knows what a rule is.
import { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  HighlightStyle,
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { forceLinting, forEachDiagnostic, lintGutter, linter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { closeSearchPanel, highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { definition, outline, uses } from "./_places.js";
import { saving } from "./_saving.js";
import { completing } from "./_words.js";

const PAUSE = 250; // milliseconds after the last key

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--p-petrol)", fontWeight: "560" },
  { tag: [tags.comment, tags.lineComment], color: "var(--p-ink-2)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--p-moss)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--p-ink-2)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--p-ink)", backgroundColor: "var(--p-surface)", fontSize: ".84375rem" },
  "&.cm-focused": { outline: "2px solid var(--p-petrol)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--bs-font-monospace)", lineHeight: "1.3125rem", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--p-ink)" },
  ".cm-cursor": { borderLeftColor: "var(--p-ink)" },
  ".cm-gutters": { backgroundColor: "var(--p-sunken)", color: "var(--p-ink-2)", borderRight: "1px solid var(--p-line)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--p-petrol-soft) !important" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--p-sunken)", color: "var(--p-ink-2)", borderColor: "var(--p-line)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--p-raised)", color: "var(--p-ink)", borderColor: "var(--p-line)" },
  ".cm-diagnostic": { fontFamily: "var(--bs-body-font-family)", maxWidth: "60ch", whiteSpace: "pre-wrap" },
  ".cm-diagnosticAction": { backgroundColor: "var(--p-petrol)", color: "var(--p-on-petrol)", fontSize: "inherit" },
});

function utf16(view, problem) {
  const end = view.state.doc.length;
  const from = Math.min(problem.from, end);
  return { from, to: Math.min(Math.max(problem.to, from), end) };
}

// Asks the server. An answer to an older text than the one on screen is thrown away: what it says stands elsewhere now.
function judge(area, words, said) {
  return async (view) => {
    const judged = view.state.doc;
    const response = await fetch(area.dataset.judge, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": area.form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ text: judged.toString() }),
    }).catch(() => null);
    const found = response?.headers.get("content-type")?.includes("json") ? await response.json() : null;
    if (view.state.doc !== judged) return [];
    if (!found?.problems) {
      said(view, null, found?.refused ?? words.unreachable);
      return [];
    }
    said(view, found, "");
    return found.problems.map((problem) => ({
      ...utf16(view, problem),
      severity: "error",
      message: [problem.meaning, `${problem.code} ${problem.message}`, problem.hint].filter(Boolean).join("\n"),
      actions: problem.fixes.map((fix) => ({
        name: fix.label,
        apply: (target) => mend(target, fix, judged),
      })),
    }));
  };
}

// A fix knows its place in the text that was judged, and in no other.
function mend(view, fix, judged) {
  if (view.state.doc !== judged) return;
  const { from, to } = utf16(view, fix);
  view.dispatch({
    changes: { from, to, insert: fix.insert },
    selection: { anchor: from + fix.insert.length },
    userEvent: "input.complete",
  });
  view.focus();
}

// The list under the editor says the same as the gutter, in words and with buttons, also to who cannot see marks.
function listOf(area, words) {
  const list = document.getElementById("judged");
  const count = document.getElementById("judged-count");
  return (view, found, refused) => {
    const judged = view.state.doc;
    if (!found) {
      count.textContent = refused;
      list.replaceChildren();
      return;
    }
    const number = found.problems.length + found.more;
    const elsewhere = found.elsewhere.length;
    const sum = number === 1 ? words.one : words.many.replace("{n}", number);
    count.textContent = number ? sum : elsewhere ? words.elsewhere : words.none;
    list.replaceChildren(
      ...found.problems.slice(0, 20).map((problem) => row(view, problem, words, judged)),
      ...found.elsewhere.slice(0, 20).map((each) => Object.assign(document.createElement("li"), { textContent: each })),
    );
  };
}

function row(view, problem, words, judged) {
  const item = document.createElement("li");
  const place = document.createElement("button");
  place.type = "button";
  place.className = "btn btn-sm btn-bare";
  place.textContent = words.line.replace("{n}", problem.line);
  place.addEventListener("click", () => {
    view.dispatch({ selection: { anchor: utf16(view, problem).from }, scrollIntoView: true });
    view.focus();
  });
  const text = document.createElement("span");
  text.lang = "en";
  text.textContent = ` ${problem.code} ${problem.message}. ${problem.hint} `;
  item.append(place, ...(problem.meaning ? [" ", problem.meaning] : []), text);
  for (const fix of problem.fixes) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-quiet";
    button.textContent = fix.label;
    button.dataset.fix = "";
    button.addEventListener("click", () => mend(view, fix, judged));
    item.append(button);
  }
  return item;
}

// Ctrl-. mends what the cursor stands on with the first thing that would.
function mendHere(view) {
  const at = view.state.selection.main.head;
  let action = null;
  forEachDiagnostic(view.state, (diagnostic, from, to) => {
    if (!action && at >= from && at <= to) action = diagnostic.actions?.[0];
  });
  action?.apply(view);
  return action !== null && action !== undefined;
}

function start(area) {
  const words = area.dataset;
  const said = listOf(area, {
    one: words.wordOne,
    many: words.wordMany,
    none: words.wordNone,
    line: words.wordLine,
    elsewhere: words.wordElsewhere,
  });
  const host = document.createElement("div");
  host.className = "editor";
  area.after(host);
  const announce = document.getElementById("judged-tab");
  const leave = (view) => {
    announce.textContent = words.wordLeave;
    return temporarilySetTabFocusMode(view);
  };
  const helped = completing(area);
  const kept = saving(area);
  const contents = outline();
  let entered = false; // who only comes by on the way with Tab is not kept
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: kept.text(),
      extensions: [
        EditorView.cspNonce.of(words.nonce),
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        history(),
        drawSelection(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("  "),
        highlightSelectionMatches(),
        yaml(),
        syntaxHighlighting(colours),
        look,
        lintGutter(),
        helped.extensions,
        contents.extension,
        linter(judge(area, { unreachable: words.wordUnreachable }, said), { delay: PAUSE }),
        keymap.of([
          ...helped.keys,
          { key: "Escape", run: (target) => helped.close(target) || closeSearchPanel(target) || leave(target) },
          { key: "F12", run: definition(area), shift: uses(area) },
          { key: "F8", run: nextDiagnostic, shift: previousDiagnostic },
          { key: "Mod-.", run: mendHere },
          { key: "Mod-s", run: () => (area.form.requestSubmit(), true) },
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          { key: "Tab", run: (target) => entered && indentWithTab.run(target) },
          { key: "Shift-Tab", run: (target) => entered && indentWithTab.shift(target) },
          ...defaultKeymap,
        ]),
        EditorState.readOnly.of(area.readOnly),
        EditorView.contentAttributes.of({
          "aria-label": area.labels[0]?.textContent ?? "",
          "aria-describedby": "editor-help",
          spellcheck: "false",
          tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (update.focusChanged) entered = false;
          if (update.docChanged || (update.selectionSet && update.view.hasFocus)) entered = true;
          if (!update.docChanged) return;
          for (const button of document.querySelectorAll("#judged [data-fix]")) button.disabled = true;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
          kept.changed();
        }),
      ],
    }),
  });
  area.hidden = true;
  document.getElementById("judged-part").hidden = false;
  contents.draw(view);
  kept.start(view);
  forceLinting(view);
}

const found = document.querySelector("textarea[data-editor]");
if (found && !found.readOnly) start(found);
