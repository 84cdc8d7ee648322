// What a patient's device keeps until it is sent: in localStorage, which survives a closed tab at once, encrypted
// under a key that only pages of this person signed in hold. Gone once sent, at logout, and after a day.
const NAME = "pauta-kept:";
const A_DAY = 24 * 60 * 60 * 1000;
const page = document.querySelector('meta[name="pauta-device"]');
let last = 0;

export const words = page?.dataset ?? {};

function bytes(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

// Encryption needs a secure context; without one nothing is kept, and a page says at once that it could not save.
export const able = Boolean(page && window.crypto?.subtle && storage());
const key = able ? crypto.subtle.importKey("raw", bytes(page.content), "AES-GCM", false, ["encrypt", "decrypt"]) : null;

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // closed to us by the person's settings
  }
}

function names() {
  return Object.keys(storage() ?? {})
    .filter((name) => name.startsWith(NAME))
    .sort();
}

// Whether anything waits on this device, whoever's.
export function any() {
  return names().length > 0;
}

function givenAt(name) {
  return Number(name.slice(NAME.length).split(":")[0]);
}

// A new name: names sort in the order the answers were given, also within one millisecond.
export function label() {
  last = Math.max(Date.now(), last + 1);
  return `${NAME}${String(last).padStart(15, "0")}:${crypto.randomUUID()}`;
}

export function keyOf(name) {
  return name.slice(NAME.length).split(":")[1];
}

export function waited(name) {
  return Math.max(0, Date.now() - givenAt(name));
}

export async function keep(name, entry) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(entry));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, plain);
  storage().setItem(name, `${text(iv)}.${text(sealed)}`);
}

export function forget(name) {
  storage()?.removeItem(name);
}

export function forgetAll() {
  names().forEach(forget);
}

async function open(name) {
  try {
    const [iv, sealed] = storage().getItem(name).split(".").map(bytes);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, sealed);
    return { name, ...JSON.parse(new TextDecoder().decode(plain)) };
  } catch {
    return null; // somebody else's on this device, or taken away by another tab meanwhile
  }
}

// What waits of this person, in the order it was given.
export async function waiting() {
  if (!able) return [];
  const entries = await Promise.all(names().map(open));
  return entries.filter(Boolean);
}

// Whatever is older than a day goes, whoever's it is. Returns whether something of this person was among it.
export async function forgetOld() {
  const old = names().filter((name) => Date.now() - givenAt(name) > A_DAY);
  const mine = able ? (await Promise.all(old.map(open))).some(Boolean) : false;
  old.forEach(forget);
  return mine;
}
