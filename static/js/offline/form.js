// The entry form without a line: a kept page becomes a fresh one, presets and entries that were refused are filled in,
// and what is missing is asked for at once. Runs before the form's own script, so that its draft starts from this.
(() => {
  "use strict";
  const form = document.querySelector("[data-offline-form]");
  const offline = window.shezhanOffline;
  if (!form || !offline || !offline.app) return;
  const query = new URLSearchParams(window.location.search);
  const control = (name) => form.elements.namedItem(name);
  const all = (name) => [...form.elements].filter((element) => element.name === name);
  const wanted = query.get("entry");

  // The day where the stations are, whatever zone the phone is set to.
  const dayIn = (days) => new Date(Date.now() + 8 * 3600000 + days * 86400000).toISOString().slice(0, 10);
  const short = (day) => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
  // “今天” of a page that was kept yesterday is yesterday.
  function freshDays() {
    all("when").slice(0, 2).forEach((radio, index) => {
      radio.value = dayIn(-index);
      const small = radio.parentElement.querySelector("small");
      if (small) small.textContent = short(radio.value);
    });
    const today = document.querySelector(".shell-when");
    if (today) today.textContent = "";
  }
  // Whom Today offered and this kept page does not know stays chosen, without a name.
  function choosePerson(key) {
    const people = document.getElementById("people");
    if (!people || all("clients").some((box) => box.value === key)) return; // the form's own script ticks the box
    const label = document.createElement("label");
    const box = document.createElement("input");
    label.className = "choice person";
    Object.assign(box, { type: "checkbox", name: "clients", value: key, checked: true });
    box.dataset.focus = "";
    label.append(box, Object.assign(document.createElement("span"), { textContent: `档案 ${key}` }));
    people.prepend(label);
  }
  function preset() {
    query.forEach((value, name) => {
      if (["station", "entry", "copy", "kept"].includes(name)) return;
      if (name === "client") { choosePerson(value); return; }
      all(name).forEach((element) => {
        if (element.type === "radio") element.checked = element.checked || element.value === value;
        else if (element.type === "hidden" || !element.value) element.value = value;
      });
    });
  }
  function noDue() {
    const panel = document.getElementById("due-panel");
    if (!panel) return;
    const note = document.createElement("p");
    note.className = "cap m-0";
    note.textContent = "没有网络：先保存在本机，联网后自动发送。是否按时按保存在本机的时间判断。";
    panel.replaceChildren(note);
  }
  if (offline.isKept) {
    control("client_id").value = offline.newId();
    freshDays();
    preset();
    noDue();
    const kept = decodeURIComponent(document.documentElement.dataset.keptPlace || "");
    if (["template", "copy"].some((name) => query.has(name) && !kept.includes(`${name}=`))) tell("没有网络，模板或上次的内容没有存在本机，请直接填写。");
  }

  // ---- an entry that waits or was refused, opened again ----------------------------------------------------------
  function put(fields) {
    const values = new Map();
    fields.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
    const day = (values.get("when") || [])[0];
    if (day && day !== "other" && !all("when").some((radio) => radio.value === day)) {
      values.set("when", ["other"]);
      values.set("starts_on", [day]);
      values.set("ends_on", [day]);
    }
    [...form.elements].forEach((element) => {
      const { name, type } = element;
      if (!name || ["csrfmiddlewaretoken", "judged_for"].includes(name) || type === "file" || type === "submit") return;
      const given = values.get(name) || [];
      if (type === "radio" || type === "checkbox") element.checked = given.includes(element.value);
      else element.value = given[0] === undefined ? "" : given[0];
    });
    // People who were found by a search have no box on a fresh form: they stay chosen.
    values.forEach((given, name) => {
      const boxes = all(name);
      if (!(boxes.length ? boxes.every((box) => box.type === "checkbox") : name === "clients")) return;
      given.filter((value) => !boxes.some((box) => box.value === value)).forEach((value) => {
        const kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name, value });
        form.append(kept);
      });
    });
    form.querySelectorAll("details").forEach((details) => { if ([...details.querySelectorAll("input, textarea")].some((input) => input.type !== "file" && input.value)) details.open = true; });
  }
  async function putFiles(entry) {
    const chosen = new Map();
    (await offline.store.files(entry)).forEach(([name, file]) => {
      if (!chosen.has(name)) chosen.set(name, new DataTransfer());
      chosen.get(name).items.add(file);
    });
    chosen.forEach((transfer, name) => { const input = control(name); if (input) input.files = transfer.files; });
  }
  function tell(text) {
    const note = document.createElement("div");
    note.className = "alert alert-warning";
    note.setAttribute("role", "status");
    note.dataset.entryNote = "";
    note.textContent = text;
    form.before(note);
  }
  async function reopen() {
    const entry = await offline.store.get(wanted);
    if (!entry || !offline.store.unsent(entry)) { tell("没有找到这条登记：可能已经送达，或不是您登记的。"); return; }
    put(entry.fields);
    await putFiles(entry);
    tell(entry.errors && Object.keys(entry.errors).length ? `没有被接收：${Object.values(entry.errors).flat().join("；")}。改好后再按“保存”。` : "这条还没有发送，改好后再按“保存”。");
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (wanted) {
    // Held until this page goes, so that it is not sent while it is being changed.
    if (navigator.locks) navigator.locks.request(offline.store.lockOf(wanted), () => new Promise(() => {}));
    form.dataset.draftBound = ""; // its text is here, not in the draft
    reopen();
  } else if ("draftBound" in form.dataset) {
    // The form came back with errors. A browser forgets the photos; an entry that waited here still has them.
    offline.store.get(control("client_id").value).then((entry) => entry && putFiles(entry));
  }

  // ---- saving without a line --------------------------------------------------------------------------------------
  // Only what is marked as required and empty: everything else the server judges.
  function missing() {
    for (const mark of form.querySelectorAll(".form-label.required")) {
      const box = mark.closest(".field");
      const inputs = box ? [...box.querySelectorAll("input:not([type=hidden]), select, textarea")] : [];
      const filled = inputs.some((input) => (input.type === "radio" || input.type === "checkbox" ? input.checked : input.value.trim()));
      if (inputs.length && !filled) return { label: mark.textContent.trim(), input: inputs[0] };
    }
    return null;
  }
  form.addEventListener("submit", (event) => {
    if (navigator.onLine !== false) return;
    const lack = missing();
    if (!lack) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    lack.input.focus();
    window.shezhan.toast(`请先填写“${lack.label}”`, "warning");
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (navigator.onLine !== false) return;
    event.preventDefault();
    const { target } = event.detail;
    if (target && target.id === "due-panel") noDue();
    if (target && target.id === "people-found") target.replaceChildren(Object.assign(document.createElement("p"), { className: "cap", textContent: "没有网络，不能查找和核对姓名。可以点上面的服务对象，或在“新建档案”里写姓名，联网后核对。" }));
  });
})();
