// Sends what waits, one after another. Shared by pages and the service worker; whoever holds the lock sends.
// The server keeps one record for an id, so that a repeat after a lost answer changes nothing.
self.shezhanSend = ((store) => {
  "use strict";
  const FIRST_PAUSE = 5000;
  const LONGEST_PAUSE = 10 * 60000;
  const ANSWER_WITHIN = 120000;
  const pause = (attempts) => Math.min(FIRST_PAUSE * 2 ** attempts, LONGEST_PAUSE) * (0.8 + Math.random() * 0.4);

  const tried = (entry) => ({ state: "waiting", attempts: entry.attempts + 1, nextTry: Date.now() + pause(entry.attempts) });

  async function ask(url, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN);
    try {
      const response = await fetch(url, Object.assign({ credentials: "same-origin", cache: "no-store", redirect: "error", signal: stop.signal }, options, { headers: Object.assign({ Accept: "application/json" }, (options || {}).headers) }));
      const json = /json/.test(response.headers.get("Content-Type") || "") ? await response.json() : {};
      return { status: response.status, json };
    } finally { clearTimeout(timer); }
  }
  // Who is signed in: {user, csrf, keys}; null when nobody is. Throws without a line.
  async function greet(url) {
    const { status, json } = await ask(url);
    if (status === 200 && json.user) return json;
    if (status === 401 || status === 403) { await store.setMeta("signedOut", json.detail || "请重新登录后发送"); store.changed(); return null; }
    throw new Error(`greeting answered ${status}`);
  }
  async function form(entry, user) {
    const data = new FormData();
    entry.fields.forEach(([name, value]) => data.append(name, value));
    (await store.files(entry)).forEach(([name, file]) => data.append(name, file, file.name));
    data.append("user", user);
    data.append("captured_at", new Date(entry.savedAt).toISOString());
    data.append("device_now", new Date().toISOString());
    return data;
  }
  const FINAL = { saved: "sent", exists: "sent", differs: "conflict", refused: "refused", locked: "refused", forbidden: "refused" };

  // One entry. False: stop here, the line or the session is gone.
  async function sendOne(url, entry, me) {
    await store.update(entry.id, { state: "sending" }, null, entry.savedAt);
    let answer;
    try {
      answer = await ask(url, { method: "POST", body: await form(entry, me.user), headers: { "X-CSRFToken": me.csrf } });
    } catch (error) {
      await store.update(entry.id, tried(entry), null, entry.savedAt);
      return false;
    }
    const { status, json } = answer;
    if (json.state === "signed_out" || status === 401) {
      await store.update(entry.id, { state: "waiting" }, null, entry.savedAt);
      await store.setMeta("signedOut", "请重新登录后发送");
      store.changed();
      return false;
    }
    const told = { url: json.url || "", errors: json.errors || {}, answer: json.state, title: json.title || "" };
    if (FINAL[json.state]) await store.update(entry.id, { state: FINAL[json.state] }, told, entry.savedAt);
    else if (status === 413) await store.update(entry.id, { state: "refused" }, { errors: { 照片: ["照片太大，服务器没有接收，请减少照片后再发送"] }, answer: "refused" }, entry.savedAt);
    else await store.update(entry.id, tried(entry), null, entry.savedAt);
    return true;
  }
  // Everything that is due, or all that waits with `now`. Gives when to try again (a moment, 0: nothing waits).
  async function everything(url, now) {
    const owner = await store.user();
    const open = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : [];
    const waiting = (await store.list()).filter((entry) => store.toSend(entry) && !open.includes(store.lockOf(entry.id)));
    if (!owner || !waiting.length) return 0;
    const due = waiting.filter((entry) => now || entry.nextTry <= Date.now());
    if (due.length) {
      let me;
      try { me = await greet(url); } catch (error) {
        for (const entry of due) await store.update(entry.id, tried(entry));
        return next();
      }
      if (!me) return 0;
      if (me.user !== owner) return 0; // the page that this user opens says so and takes over
      await store.know(me.user, me.keys);
      for (const entry of due) if (!(await sendOne(url, entry, me))) break;
    }
    return next();
  }
  async function next() {
    const left = (await store.list()).filter(store.toSend);
    return left.length && !(await store.meta("signedOut")) ? Math.min(...left.map((entry) => Math.max(entry.nextTry, Date.now() + 1000))) : 0;
  }
  let busy = null;
  function run(url, { now = false } = {}) {
    if (busy) return busy;
    const work = () => everything(url, now).catch(() => Date.now() + pause(1));
    busy = (navigator.locks ? navigator.locks.request("shezhan-send", work) : work()).finally(() => { busy = null; });
    return busy;
  }
  return { run, greet };
})(self.shezhanStore);
