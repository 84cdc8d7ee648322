// What can be written at a place and what a word means, from the schema and the set in force as the server tells them.
import { autocompletion, closeCompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { StateEffect, StateField } from "@codemirror/state";
import { hoverTooltip, showTooltip } from "@codemirror/view";

const KEY = /^(\s*(?:- )*)([A-Za-z_][\w-]*):(?:\s|$)/;
const PROSE = new Set(["es", "en", "sentence", "source", "evidence", "because", "title", "review_by", "version"]);
const LOGIC = ["and", "or", "not", "known(", "unknown(", "includes", "latest(", "mean(", "days(", "count("];
const BLOCK = ["all", "any", "not", "at_least", "of"];

// Loaded once; asked for again if it did not come.
function loader(address) {
  let held = null;
  return () => {
    held ??= fetch(address, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.headers.get("content-type")?.includes("json") ? answer.json() : null))
      .catch(() => null)
      .then((found) => found ?? (held = null));
    return held;
  };
}

export function keyOf(line) {
  const found = KEY.exec(line);
  return found && { column: found[1].length, name: found[2] };
}

// The keys above a place, outermost first: by indentation, as the text stands, right or wrong.
function pathAt(doc, number, column) {
  const path = [];
  for (let n = number - 1, limit = column; n > 0 && limit > 0; n -= 1) {
    const key = keyOf(doc.line(n).text);
    if (!key || key.column >= limit) continue;
    path.unshift(key.name);
    limit = key.column;
  }
  return path;
}

function plain(schema, node) {
  if (node?.$ref) return plain(schema, schema.$defs[node.$ref.split("/").pop()]);
  if (node?.anyOf) return plain(schema, node.anyOf.find((each) => each.type !== "null"));
  if (node?.items) return plain(schema, node.items);
  return node ?? {};
}

function step(schema, node, key) {
  if (node.properties?.[key]) return plain(schema, node.properties[key]);
  const open = Object.values(node.patternProperties ?? {})[0] ?? node.additionalProperties;
  return plain(schema, typeof open === "object" ? open : {});
}

// The form of the whole file: told by the first key that only one form needs.
function formOf(schema, doc) {
  const forms = schema.oneOf.map((each) => plain(schema, each));
  for (let n = 1; n <= Math.min(doc.lines, 60); n += 1) {
    const key = keyOf(doc.line(n).text);
    if (key?.column !== 0) continue;
    const fitting = forms.filter((each) => each.required?.includes(key.name));
    if (fitting.length === 1) return fitting[0];
  }
  return {};
}

function placeIn(schema, doc, path) {
  return path.reduce((node, key) => step(schema, node, key), formOf(schema, doc));
}

// Names this text gives itself: under define and parameters.
function ownNames(doc) {
  const own = [];
  let part = "";
  for (let n = 1; n <= doc.lines; n += 1) {
    const key = keyOf(doc.line(n).text);
    if (key?.column === 0) part = key.name;
    else if (key?.column === 2 && (part === "define" || part === "parameters")) own.push({ name: key.name, part, line: n });
  }
  return own;
}

function about(text, name, words, doc) {
  const fact = words.facts[name];
  const code = Object.keys(words.codes).find((each) => each.endsWith(`:${name}`));
  const medicine = words.medicines[name];
  const other = words.regimens[name] ?? words.classes[name] ?? words.scores[name] ?? words.questionnaires[name];
  const own = ownNames(doc).find((each) => each.name === name);
  if (fact) return ofFact(text, fact);
  if (medicine) return [medicine.title, medicine.max && `${text.wordMost}: ${medicine.max}`].filter(Boolean);
  if (code) return [words.codes[code].title, code];
  if (other) return [other.title, ...(other.bands?.length ? [other.bands.join(", ")] : [])];
  if (own) return [doc.line(own.line).text.trim(), text.wordLine.replace("{n}", own.line)];
  return null;
}

function ofFact(text, fact) {
  const units = [fact.unit, ...(fact.units ?? []).filter((unit) => unit !== fact.unit)].filter(Boolean).join(", ");
  const lines = [fact.title, [fact.type, units, fact.range?.join(" .. ")].filter(Boolean).join(" · ")];
  for (const [lang, question] of Object.entries(fact.question ?? {})) lines.push({ lang, question });
  const choices = Object.entries(fact.choices ?? {}).slice(0, 12);
  if (choices.length) lines.push(choices.map(([code, title]) => `${code}: ${title}`).join(" · "));
  return lines;
}

function shown(name, lines) {
  const box = document.createElement("div");
  box.className = "explained";
  box.append(Object.assign(document.createElement("b"), { textContent: name, className: "mono" }));
  for (const line of lines) {
    const part = document.createElement("p");
    if (line.question) part.lang = line.lang;
    part.textContent = line.question ?? line;
    box.append(part);
  }
  return box;
}

export function wordAt(state, at) {
  const line = state.doc.lineAt(at);
  const before = /\w*$/.exec(line.text.slice(0, at - line.from))[0];
  const after = /^\w*/.exec(line.text.slice(at - line.from))[0];
  const from = at - before.length;
  return before + after ? { from, to: at + after.length, name: before + after } : null;
}

function options(table, text, words, doc, type) {
  return Object.entries(table).map(([name, one]) => ({
    label: name,
    detail: one.title ?? "",
    type,
    info: () => shown(name, about(text, name, words, doc) ?? [one.title ?? ""]),
  }));
}

function inExpression(text, words, doc, before) {
  const compared = /(\w+)\s*(?:!?=|in \(|includes)[^()]*?\w*$/.exec(before)?.[1];
  const choices = words.facts[compared]?.choices;
  if (choices) return Object.entries(choices).map(([name, title]) => ({ label: name, detail: title, type: "enum" }));
  if (/\bincludes\s+\w*$/.test(before)) {
    return [...options(words.medicines, text, words, doc, "constant"), ...options(words.classes, text, words, doc, "class")];
  }
  return [
    ...options(words.facts, text, words, doc, "variable"),
    ...options(words.scores, text, words, doc, "function"),
    ...ownNames(doc).map((one) => ({ label: one.name, type: "property", boost: 1 })),
    ...LOGIC.map((label) => ({ label, type: "keyword", boost: -1 })),
  ];
}

function afterKey(text, words, doc, key, node, before) {
  const prefix = words.actions[key];
  if (prefix) {
    const codes = Object.entries(words.codes).filter(([code]) => code.startsWith(`${prefix}:`));
    const bare = Object.fromEntries(codes.map(([code, one]) => [code.split(":")[1], one]));
    const given = prefix === "rx" || prefix === "supp";
    return [
      ...options(bare, text, words, doc, "constant"),
      ...(given ? [...options(words.regimens, text, words, doc, "constant"), ...options(words.medicines, text, words, doc, "constant")] : []),
    ];
  }
  if (key === "with_questionnaire") return options(words.questionnaires, text, words, doc, "constant");
  if (node.enum) return node.enum.map((label) => ({ label: String(label), type: "enum" }));
  return PROSE.has(key) ? [] : inExpression(text, words, doc, before);
}

function keysAt(node, path) {
  const needed = new Set(node.required ?? []);
  const keys = Object.entries(node.properties ?? {}).map(([label, one]) => ({
    label,
    detail: needed.has(label) ? "*" : "",
    info: one.description,
    apply: `${label}: `,
    type: "property",
    boost: needed.has(label) ? 2 : 0,
  }));
  const last = path.at(-1);
  const conditions = ["when", "exclude", "applies", "any", "all", "not", "of"].includes(last) || path.at(-2) === "define";
  return [...keys, ...(conditions ? BLOCK.map((label) => ({ label, apply: `${label}:`, type: "keyword" })) : [])];
}

export function completing(area) {
  const words = loader(area.dataset.words);
  const text = area.dataset;
  const source = async (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const typed = /\w*$/.exec(before)[0];
    if (/^\s*#/.test(before) || (!typed && !context.explicit)) return null;
    const doc = context.state.doc;
    const found = await words();
    if (!found || context.aborted) return null;
    const key = keyOf(before);
    const column = /^\s*(?:- )*/.exec(before)[0].length;
    const path = pathAt(doc, line.number, column);
    const node = placeIn(found.schema, doc, path);
    let offered = null;
    if (key) offered = afterKey(text, found, doc, key.name, step(found.schema, node, key.name), before);
    else if (/^\s*(?:- )*\w*$/.test(before)) {
      const list = ["any", "all", "of", "not"].includes(path.at(-1));
      offered = [...keysAt(node, path), ...(list ? inExpression(text, found, doc, before) : [])];
    } else offered = PROSE.has(path.at(-1)) ? [] : inExpression(text, found, doc, before);
    return offered.length ? { from: context.pos - typed.length, options: offered, validFor: /^\w*$/ } : null;
  };
  const told = StateEffect.define();
  const kept = StateField.define({
    create: () => null,
    update: (value, change) => {
      for (const effect of change.effects) if (effect.is(told)) return effect.value;
      return change.docChanged || change.selection ? null : value;
    },
    provide: (field) => showTooltip.from(field),
  });
  const tip = async (view, at) => {
    const word = wordAt(view.state, at);
    const found = word && (await words());
    const lines = found && about(text, word.name, found, view.state.doc);
    if (!lines) return null;
    return { pos: word.from, end: word.to, above: true, create: () => ({ dom: shown(word.name, lines) }) };
  };
  const explain = (view) => {
    tip(view, view.state.selection.main.head).then((found) => {
      view.dispatch({ effects: told.of(found) });
      const parts = found ? [...found.create().dom.children].map((part) => part.textContent) : [text.wordNoMeaning];
      document.getElementById("judged-tab").textContent = parts.join(". ");
    });
    return true;
  };
  // A list on screen is closed first; one that is only being looked for keeps nobody in the text.
  const close = (view) => {
    const open = completionStatus(view.state) === "active";
    closeCompletion(view);
    if (open) return true;
    if (!view.state.field(kept)) return false;
    view.dispatch({ effects: told.of(null) });
    return true;
  };
  return {
    extensions: [autocompletion({ override: [source], defaultKeymap: false }), hoverTooltip(tip), kept],
    keys: [...completionKeymap.filter((each) => each.key !== "Escape"), { key: "Alt-F1", run: explain }, { key: "Mod-i", run: explain }],
    close,
  };
}
