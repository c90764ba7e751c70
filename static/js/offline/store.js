// What a phone keeps of entries that are not sent yet. Shared by pages and the service worker; needs idb.
//
// An entry: {id, user, state, savedAt, attempts, nextTry} in clear; what was typed, its photos and the answer are sealed
// with the user's key. The key comes from the server after sign-in and is dropped at sign-out, so that entries that
// stay behind are unreadable until the same user signs in again.
self.shezhanStore = (() => {
  "use strict";
  const SENT_KEPT = 3 * 86400000;
  let opened = null;
  const database = () => {
    opened = opened || self.idb.openDB("shezhan-offline", 1, {
      upgrade(db) {
        db.createObjectStore("entries", { keyPath: "id" });
        db.createObjectStore("meta");
      },
      blocking(current, wanted, event) { event.target.close(); opened = null; },
      terminated() { opened = null; },
    }).catch((error) => { opened = null; throw error; });
    return opened;
  };
  const channel = self.BroadcastChannel ? new BroadcastChannel("shezhan-offline") : null;
  const changed = () => {
    if (channel) channel.postMessage("changed");
    if (self.dispatchEvent && self.document) self.dispatchEvent(new Event("shezhan-offline")); // a channel is deaf to itself
  };
  const meta = async (name) => (await database()).get("meta", name);
  const setMeta = async (name, value) => (await database()).put("meta", value, name);

  // ---- whose phone this is now ------------------------------------------------------------------------------------
  const user = () => meta("user");
  // Keys of `id`, as the server gave them: the first seals, all open.
  async function know(id, keys) {
    const imported = await Promise.all(keys.map((key) => crypto.subtle.importKey("raw", Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"])));
    await setMeta("user", id);
    await setMeta("keys", imported);
    await setMeta("signedOut", false);
  }
  // Forget who worked here. What was sent goes; what was not stays sealed.
  async function forget() {
    const db = await database();
    const all = await db.getAll("entries");
    await Promise.all(all.filter((entry) => entry.state === "sent").map((entry) => db.delete("entries", entry.id)));
    await db.clear("meta");
    changed();
  }

  // ---- sealing ----------------------------------------------------------------------------------------------------
  async function seal(keys, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys[0], bytes) };
  }
  async function unseal(keys, sealed) {
    for (const key of keys) {
      try { return await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data); } catch (error) { /* an older key may fit */ }
    }
    throw new Error("no key opens this entry");
  }
  const sealText = (keys, value) => seal(keys, new TextEncoder().encode(JSON.stringify(value)));
  const unsealText = async (keys, sealed) => JSON.parse(new TextDecoder().decode(await unseal(keys, sealed)));

  // ---- entries ----------------------------------------------------------------------------------------------------
  // `data` is the form as it was saved. Saving the same form again replaces what waits; `errors`: the server refused it.
  async function add(data, errors) {
    const [owner, keys] = [await user(), await meta("keys")];
    const id = data.get("client_id");
    if (!owner || !keys || !id) throw new Error("nobody is signed in on this phone");
    const fields = [];
    const files = [];
    data.forEach((value, name) => {
      if (typeof value === "string") { if (name !== "csrfmiddlewaretoken" && name !== "judged_for") fields.push([name, value]); }
      else if (value.size) files.push([name, value]);
    });
    const photos = await Promise.all(files.map(async ([field, file]) => Object.assign({ field, name: file.name, type: file.type }, await seal(keys, await file.arrayBuffer()))));
    const db = await database();
    const before = await db.get("entries", id);
    if (before && before.user !== owner) throw new Error("this id belongs to another user");
    const [state, body] = errors ? ["refused", { fields, errors, answer: "refused" }] : ["waiting", { fields }];
    await db.put("entries", { id, user: owner, state, savedAt: Date.now(), attempts: 0, nextTry: 0, body: await sealText(keys, body), photos });
    changed();
    return id;
  }
  // The current user's entries, oldest first, with what was typed and answered; photos stay sealed.
  async function list() {
    const [owner, keys] = [await user(), await meta("keys")];
    if (!owner || !keys) return [];
    const mine = (await (await database()).getAll("entries")).filter((entry) => entry.user === owner);
    const opened = await Promise.all(mine.map(async (entry) => {
      try { return Object.assign({}, entry, await unsealText(keys, entry.body)); } catch (error) { return null; }
    }));
    return opened.filter(Boolean).sort((one, other) => one.savedAt - other.savedAt);
  }
  const get = async (id) => (await list()).find((entry) => entry.id === id) || null;
  async function files(entry) {
    const keys = await meta("keys");
    return Promise.all(entry.photos.map(async (photo) => [photo.field, new File([await unseal(keys, photo)], photo.name, { type: photo.type })]));
  }
  // `plain`: columns in clear; `answer`: what goes into the sealed part beside what was typed. `of`: when what this is
  // about was saved; an entry that was saved anew since is left as it is.
  async function update(id, plain, answer, of) {
    const db = await database();
    const entry = await db.get("entries", id);
    if (!entry || (of && entry.savedAt !== of)) return;
    Object.assign(entry, plain);
    if (answer) {
      const keys = await meta("keys");
      const body = await unsealText(keys, entry.body);
      entry.body = await sealText(keys, Object.assign(body, answer));
    }
    if (entry.state === "sent") entry.photos = [];
    await db.put("entries", entry);
    changed();
  }
  async function remove(id) {
    await (await database()).delete("entries", id);
    changed();
  }
  // The lock that a page holds while it changes an entry: it is not sent meanwhile.
  const lockOf = (id) => `shezhan-entry-${id}`;
  const toSend = (entry) => entry.state === "waiting" || entry.state === "sending";
  const unsent = (entry) => entry.state !== "sent";
  async function tidy() {
    const old = (await list()).filter((entry) => !unsent(entry) && Date.now() - entry.savedAt > SENT_KEPT);
    await Promise.all(old.map((entry) => remove(entry.id)));
  }
  return { user, know, forget, meta, setMeta, add, list, get, files, update, remove, lockOf, toSend, unsent, tidy, changed, channel };
})();
