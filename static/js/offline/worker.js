// The service worker. The view that serves it puts `APP` (addresses, release) and the shared scripts before this file.
//
// Pages that a worker needs without a line are kept as they last came, for one user, each together with the static files
// that it names: a new release never leaves a kept page without its scripts. No other page is ever kept.
"use strict";
/* global APP */
const store = self.shezhanStore;
const STATIC = "shezhan-static";
const SHELL = "shezhan-shell";
const pagesOf = (user) => `shezhan-pages-${user}`;
const SLOW = 6000;
const SLOW_POST = 45000;
const HASHED = /\.[0-9a-f]{12}\./;
const KEPT = [APP.today, APP.log, APP.waiting];

// ---- keeping pages --------------------------------------------------------------------------------------------------
// Where a page is kept: the address with what matters of its query.
function place(address) {
  const url = new URL(address, self.location.origin);
  const query = new URLSearchParams(url.search);
  ["entry", "kept", "saved"].forEach((name) => query.delete(name));
  query.sort();
  const text = query.toString();
  return url.pathname + (text ? `?${text}` : "");
}
async function keepFiles(text) {
  const cache = await caches.open(STATIC);
  const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]).filter((url) => url.startsWith(APP.static));
  await Promise.all([...new Set(named)].map(async (url) => {
    if (HASHED.test(url) && (await cache.match(url))) return;
    const response = await fetch(url);
    if (response.ok) await cache.put(url, response); // a page without one of its pictures is better than none
  }));
}
// Keep what came, if it is a page of this user; the page itself says whose it is.
async function keep(address, response, cacheName) {
  const text = await response.text();
  const owner = (text.match(/<body[^>]* data-user="(\d+)"/) || [])[1];
  if (!cacheName && (!owner || Number(owner) !== (await store.user()))) return;
  await keepFiles(text);
  const marked = text.replace("<html ", `<html data-kept="${Date.now()}" data-kept-place="${encodeURIComponent(place(address))}" `);
  const headers = new Headers(response.headers);
  ["Set-Cookie", "Content-Encoding", "Content-Length", "Vary"].forEach((name) => headers.delete(name));
  await (await caches.open(cacheName || pagesOf(owner))).put(place(address), new Response(marked, { headers }));
}
const keepable = (response) => response.ok && response.type === "basic" && !response.redirected && /html/.test(response.headers.get("Content-Type") || "");
async function fetchAndKeep(address, cacheName) {
  const response = await fetch(address, { credentials: cacheName ? "omit" : "same-origin", cache: "no-store" });
  if (keepable(response)) await keep(address, response, cacheName);
}
async function dropUnused() {
  const [used, files] = [new Set(), await caches.open(STATIC)];
  for (const name of (await caches.keys()).filter((key) => key.startsWith("shezhan-") && key !== STATIC)) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const text = await (await cache.match(request)).text();
      for (const match of text.matchAll(/(?:src|href)="([^"]+)"/g)) used.add(match[1]);
    }
  }
  await Promise.all((await files.keys()).filter((request) => !used.has(new URL(request.url).pathname)).map((request) => files.delete(request)));
}
async function refresh() {
  const user = await store.user();
  const cache = user && (await caches.open(pagesOf(user)));
  for (const request of cache ? await cache.keys() : []) {
    await fetchAndKeep(request.url).catch(() => undefined); // without a line it stays as it is, with its own files
  }
  await dropUnused();
}

self.addEventListener("install", (event) => {
  // At once: pages that are open hold their scripts already, and what they post the server understands or refuses.
  self.skipWaiting();
  event.waitUntil(Promise.all([APP.offline, `${APP.offline}?left=1`].map((address) => fetchAndKeep(address, SHELL))));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// ---- opening pages --------------------------------------------------------------------------------------------------
const within = (milliseconds, promise) => Promise.race([promise, new Promise((resolve, reject) => { setTimeout(() => reject(new Error("slow")), milliseconds); })]);

async function kept(address) {
  const user = await store.user().catch(() => null);
  if (!user) return null;
  const cache = await caches.open(pagesOf(user));
  const url = new URL(address);
  const station = url.searchParams.get("station");
  const path = url.pathname === "/" ? APP.today : url.pathname;
  const tries = [place(path + url.search), station && `${path}?station=${station}`, path];
  for (const address of tries.filter(Boolean)) {
    const found = await cache.match(address);
    if (found) return found;
  }
  if (!station && KEPT.includes(path)) {
    const other = (await cache.keys()).find((request) => new URL(request.url).pathname === path);
    if (other) return cache.match(other);
  }
  return null;
}
async function page(event) {
  const url = new URL(event.request.url);
  const mine = url.pathname === "/" || KEPT.includes(url.pathname);
  const fallback = mine ? await kept(event.request.url) : null;
  // Just saved on the phone: the queue is shown from the phone, else a session that ended would show the sign-in only.
  if (fallback && url.pathname === APP.waiting && url.searchParams.has("kept")) return fallback;
  const answer = fetch(event.request);
  try {
    const response = await (fallback ? within(SLOW, answer) : answer);
    if (KEPT.includes(url.pathname) && keepable(response)) {
      const copy = response.clone();
      event.waitUntil(keep(event.request.url, copy).catch(() => undefined));
    }
    return response;
  } catch (error) {
    answer.catch(() => undefined);
    const shell = await caches.open(SHELL);
    return fallback || (url.pathname === APP.offline && (await shell.match(place(event.request.url)))) || (await shell.match(APP.offline)) || Response.error();
  }
}
async function file(request) {
  const cache = await caches.open(STATIC);
  const path = new URL(request.url).pathname;
  if (HASHED.test(path)) return (await cache.match(path)) || fetch(request);
  try { return await fetch(request); } catch (error) { return (await cache.match(path)) || Response.error(); }
}

// ---- saving an entry ------------------------------------------------------------------------------------------------
// With a line it goes through as it is. Without one, or without a session, the entry is kept and the queue shown.
async function save(event) {
  const data = await event.request.formData();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SLOW_POST);
  let response = null;
  try {
    response = await fetch(event.request.url, {
      method: "POST", body: data, credentials: "same-origin", redirect: "manual", referrer: event.request.referrer, signal: stop.signal,
      headers: { Accept: "text/html", "X-Offline-Worker": "1" },
    });
  } catch (error) { /* no line */ } finally { clearTimeout(timer); }
  const id = data.get("client_id");
  if (response && response.type === "opaqueredirect") {
    event.waitUntil(store.remove(id).catch(() => undefined)); // it may have waited here before
    return response;
  }
  if (response && response.status !== 401 && response.status !== 403 && response.status < 500) {
    // Refused with its reasons on the page. What waited here takes over what was typed since, photos too; unless it had
    // arrived before and the page goes on under another id.
    const before = await store.get(id).catch(() => null);
    if (before && response.headers.get("X-Entry") === "saved-before") await store.remove(id).catch(() => undefined);
    else if (before && store.unsent(before)) await store.add(data, Object.keys(before.errors || {}).length ? before.errors : { 表单: ["有内容没有被接收，请打开修改"] }).catch(() => undefined);
    return response;
  }
  try {
    await store.add(data);
  } catch (error) {
    return response || Response.error(); // the form keeps its draft
  }
  if (self.registration.sync) await self.registration.sync.register("send").catch(() => undefined);
  return Response.redirect(`${APP.waiting}?kept=${encodeURIComponent(id)}`, 303);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && url.pathname === APP.log) event.respondWith(save(event));
  else if (request.method !== "GET") return;
  else if (url.pathname.startsWith(APP.static)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

// ---- sending, messages ----------------------------------------------------------------------------------------------
self.addEventListener("sync", (event) => {
  if (event.tag !== "send") return;
  event.waitUntil(self.shezhanSend.run(APP.submit).then((next) => { if (next) throw new Error("something still waits"); })); // the browser tries again
});
self.addEventListener("message", (event) => {
  const message = event.data || {};
  const acts = {
    keep: async () => {
      for (const address of message.pages) await fetchAndKeep(address).catch(() => undefined);
      await dropUnused();
    },
    refresh,
  };
  if (!acts[message.act]) return;
  event.waitUntil(acts[message.act]().finally(() => { if (event.ports[0]) event.ports[0].postMessage("done"); }));
});
