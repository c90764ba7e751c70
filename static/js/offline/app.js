// The pages' side of working without a line: registers the service worker, has pages kept, shows what waits, sends it,
// asks before a sign-out. On pages of officials only the first part runs. Works on top of plain HTML.
(() => {
  "use strict";
  const body = document.body;
  const me = Number(body.dataset.user || 0);
  const app = body.dataset.offlineApp ? JSON.parse(body.dataset.offlineApp) : null;
  const store = self.shezhanStore;
  const sender = self.shezhanSend;
  const possible = "serviceWorker" in navigator && "caches" in self && self.crypto && crypto.subtle && store;
  if (!possible || !me) return;
  const KEEP_EVERY = 10 * 60000;
  const isKept = "kept" in document.documentElement.dataset;
  const LEAVING = "shezhan-leaving"; // signed out without a line: the session ends at the next contact, before anything is shown
  const leaving = () => localStorage.getItem(LEAVING) !== null;

  const ask = (message) => new Promise((resolve) => {
    const worker = navigator.serviceWorker.controller;
    if (!worker) { resolve(); return; }
    const line = new MessageChannel();
    line.port1.onmessage = resolve;
    setTimeout(resolve, 60000);
    worker.postMessage(message, [line.port2]);
  });

  // ---- whose phone this is ----------------------------------------------------------------------------------------
  async function dropPages(except) {
    const names = (await caches.keys()).filter((name) => name.startsWith("shezhan-pages-") && name !== `shezhan-pages-${except}`);
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  // A page that came from the server says who is signed in now. The last one's pages and key go; unsent entries stay sealed.
  async function settle() {
    const before = await store.user();
    if (!isKept && before && before !== me) {
      await store.forget();
      await dropPages(me);
    }
    if (!app || isKept) return;
    if (!(await store.meta("keys")) || (await store.meta("signedOut"))) {
      const greeting = await sender.greet(app.submit).catch(() => null);
      if (greeting && greeting.user === me) await store.know(me, greeting.keys);
    }
  }

  // ---- pages that are kept ----------------------------------------------------------------------------------------
  async function keepPages() {
    if (isKept || navigator.onLine === false || (await store.user()) !== me) return;
    const due = Date.now() - ((await store.meta("keptAt")) || 0) > KEEP_EVERY;
    const onToday = window.location.pathname === app.today;
    if (!due && !onToday) return;
    if (due) await store.setMeta("keptAt", Date.now());
    // From Today the forms that it leads to, as anew as itself: the plain one of the station, which must know the people
    // that Today offers, and those of what is due now, with what they are opened with.
    const links = onToday ? [...document.querySelectorAll(`a[href^="${app.log}?"]`)].map((link) => link.getAttribute("href")) : [];
    const forms = links.map((href) => new URLSearchParams(href.split("?")[1]).get("station")).filter(Boolean).map((station) => `${app.log}?station=${station}`);
    const linked = links.filter((href) => /[?&](link=|copy=last)/.test(href)).slice(0, 8);
    const pages = [...(due ? [app.today, app.waiting, app.log] : []), ...(onToday ? [window.location.pathname + window.location.search] : []), ...forms, ...linked];
    if (pages.length) await ask({ act: "keep", pages: [...new Set(pages)] });
  }

  // ---- sending ----------------------------------------------------------------------------------------------------
  let timer = 0;
  async function send(now) {
    clearTimeout(timer);
    if (navigator.onLine === false) return;
    const next = await sender.run(app.submit, { now });
    if (next) timer = setTimeout(() => send(false), Math.max(1000, next - Date.now()));
  }

  // ---- what waits: a mark in the header, lists on Today and the queue ---------------------------------------------
  const NAMES = { waiting: ["待发送", "warn"], sending: ["正在发送", "info"], sent: ["已送达", "ok"], refused: ["未被接收", "bad"], conflict: ["与已存内容不同", "bad"] };
  const words = (id) => { const holder = document.getElementById(id); return holder ? JSON.parse(holder.textContent) : {}; };
  const part = (row, name) => row.querySelector(`[data-entry-${name}]`);
  const field = (entry, name) => (entry.fields.find(([key]) => key === name) || [])[1] || "";
  const moment = (at) => new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  const reasons = (entry) => Object.values(entry.errors || {}).flat().join("；");

  function show(row, entry, labels) {
    const [label, tone] = NAMES[entry.state];
    const day = field(entry, "when") === "other" || !field(entry, "when") ? field(entry, "starts_on") : field(entry, "when");
    const kind = [(labels.domain || {})[field(entry, "domain")], (labels.method || {})[field(entry, "method")]].filter(Boolean).join(" · ");
    row.dataset.entry = entry.id;
    row.dataset.state = entry.state;
    part(row, "title").textContent = entry.title || field(entry, "title") || kind || "服务";
    part(row, "facts").textContent = [day, kind, `${field(entry, "contacts") || "—"} 人次`, entry.photos.length ? `${entry.photos.length} 张照片` : "", `${moment(entry.savedAt)} 保存在本机`].filter(Boolean).join(" · ");
    part(row, "state").textContent = label;
    part(row, "state").className = `status-badge tone-${tone}`;
    const why = entry.state === "conflict" ? "这条此前已经保存，本机的内容与它不同，没有再存。" : entry.state === "refused" ? reasons(entry) : entry.state === "waiting" && entry.attempts ? `已试 ${entry.attempts} 次，${entry.nextTry > Date.now() ? `${moment(entry.nextTry)} 再试` : "即将再试"}` : "";
    part(row, "why").textContent = why;
    part(row, "why").classList.toggle("late", entry.state === "refused" || entry.state === "conflict");
    const text = field(entry, "result");
    part(row, "text").textContent = text;
    part(row, "text").hidden = !text;
    const stuck = entry.state === "refused" || entry.state === "conflict";
    part(row, "edit").hidden = entry.state === "sent" || entry.state === "sending" || entry.state === "conflict";
    part(row, "edit").href = `${app.log}?station=${encodeURIComponent(field(entry, "station_id"))}&entry=${entry.id}`;
    part(row, "again").hidden = !(entry.state === "refused" || (entry.state === "waiting" && entry.attempts));
    part(row, "anew").hidden = entry.state !== "conflict";
    part(row, "drop").hidden = !(stuck || entry.state === "waiting");
    part(row, "open").hidden = !entry.url;
    if (entry.url) part(row, "open").href = entry.url;
  }
  async function draw() {
    const entries = await store.list();
    const count = entries.filter(store.unsent).length;
    const out = await store.meta("signedOut");
    document.querySelectorAll("[data-waiting-mark]").forEach((mark) => {
      mark.hidden = !count;
      const stuck = entries.filter((entry) => entry.state === "refused" || entry.state === "conflict").length;
      mark.firstChild.textContent = stuck ? "未接收 " : "待发送 ";
      mark.querySelector("b").textContent = String(stuck || count);
    });
    document.querySelectorAll("[data-waiting]").forEach((box) => {
      const rows = box.querySelector("[data-waiting-rows]");
      const shown = "all" in box.dataset ? [...entries].reverse() : entries.filter(store.unsent);
      const labels = words("entry-labels");
      rows.replaceChildren(...shown.map((entry) => {
        const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
        show(row, entry, labels);
        return row;
      }));
      if (!("all" in box.dataset)) box.hidden = !shown.length;
      box.querySelectorAll("[data-waiting-none]").forEach((none) => { none.hidden = shown.length > 0; });
      box.querySelectorAll("[data-waiting-send]").forEach((button) => { button.hidden = !entries.some(store.toSend) || navigator.onLine === false; });
      box.querySelectorAll("[data-waiting-signin]").forEach((note) => { note.hidden = !(out && count); });
    });
  }
  const askUser = (question) => (window.shezhan && window.shezhan.ask ? window.shezhan.ask(question) : Promise.resolve(window.confirm(question)));
  document.addEventListener("click", async (event) => {
    if (!app) return;
    const target = event.target;
    if (target.closest("[data-waiting-send]")) { await send(true); return; }
    const row = target.closest("[data-entry]");
    if (!row) return;
    const id = row.dataset.entry;
    if (target.closest("[data-entry-again]")) { await store.update(id, { state: "waiting", nextTry: 0 }); await send(true); }
    if (target.closest("[data-entry-anew]")) await anew(id);
    if (target.closest("[data-entry-drop]") && (await askUser("丢弃这条没有送达的登记？文字和照片都不再保留。"))) await store.remove(id);
  });
  // What was saved before stays; this becomes an entry of its own.
  const renewed = new Set(); // a second tap comes before the first is done
  async function anew(id) {
    if (renewed.has(id)) return;
    renewed.add(id);
    const entry = await store.get(id);
    const data = new FormData();
    entry.fields.forEach(([name, value]) => data.append(name, name === "client_id" ? newId() : value));
    (await store.files(entry)).forEach(([name, file]) => data.append(name, file, file.name));
    await store.add(data);
    await store.remove(id);
    await send(true);
  }
  const newId = () => (crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16)));

  // ---- the entry is on the phone: its draft is done ---------------------------------------------------------------
  function dropDraft(id) {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith("shezhan:service:")) continue;
      try { if (JSON.parse(localStorage.getItem(key)).fields.client_id[0] === id) localStorage.removeItem(key); } catch (error) { /* no draft of ours */ }
    }
  }

  // ---- signing out ------------------------------------------------------------------------------------------------
  const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
  const within = (milliseconds, promise) => Promise.race([promise, wait(milliseconds).then(() => { throw new Error("slow"); })]);
  function dropDrafts() {
    Object.keys(localStorage).filter((key) => key.startsWith("shezhan:")).forEach((key) => localStorage.removeItem(key));
    sessionStorage.clear();
  }
  // Ends the session. Without a line the phone is wiped all the same, and the session ends at the next contact.
  async function endSession(form) {
    const answer = await within(20000, fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" }));
    if (!answer.ok) throw new Error(`sign-out answered ${answer.status}`);
    localStorage.removeItem(LEAVING);
    window.location.replace(answer.url);
  }
  async function signOut(form) {
    if (app && navigator.onLine !== false) await Promise.race([send(true), wait(15000)]);
    const left = (await store.list()).filter(store.unsent).length;
    if (left && !(await askUser(`还有 ${left} 条未发送。退出后它们加密留在本机，您再次登录才能看到和发送。仍要退出吗？`))) return;
    await store.forget();
    await dropPages(0);
    dropDrafts();
    window.addEventListener("pagehide", dropDrafts); // a form may write its draft once more until the page is gone
    try {
      await endSession(form);
    } catch (error) {
      localStorage.setItem(LEAVING, "");
      if (app && navigator.serviceWorker.controller) window.location.replace(`${app.offline}?left=1`);
      else form.submit();
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-out]")) return;
    event.preventDefault();
    signOut(form).catch(() => form.submit());
  });

  window.shezhanOffline = { app, isKept, newId, store };
  // Somebody signed out here without a line: nothing of this page is shown or kept.
  async function leave() {
    document.documentElement.hidden = true;
    await store.forget();
    await dropPages(0);
    try { await endSession(document.querySelector("[data-sign-out]")); } catch (error) { window.location.replace(app ? `${app.offline}?left=1` : "/sign-in/"); }
  }
  async function start() {
    if (leaving()) { await leave(); return; }
    await settle();
    if (!app) return;
    const kept = new URLSearchParams(window.location.search).get("kept");
    if (kept && window.location.pathname === app.waiting) dropDraft(kept);
    await store.tidy();
    await draw();
    await navigator.serviceWorker.register(app.worker, { scope: "/" });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); setTimeout(resolve, 4000); });
    await keepPages();
    body.dataset.offlineReady = "";
    await send(false);
    await draw();
  }
  if (app) {
    if (store.channel) store.channel.addEventListener("message", () => { draw(); });
    window.addEventListener("shezhan-offline", () => { draw(); });
    window.addEventListener("online", () => { draw(); send(true); });
    window.addEventListener("offline", () => { draw(); });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send(false); });
    // A new release took over: what is kept is fetched anew, with its files.
    let had = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener("controllerchange", () => { if (had) ask({ act: "refresh" }); had = true; });
  }
  start().catch((error) => console.warn("offline", error));
})();
