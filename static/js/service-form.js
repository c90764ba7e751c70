// The entry form of services: steppers, suggested title, and a draft that survives a lost line. Works on top of plain HTML.
(() => {
  "use strict";
  const PREFIX = "shezhan:service:";
  const KEEP_DAYS = 7;
  // Names of people are never kept: of those who were chosen only the keys of their files are.
  const NOT_KEPT = ["csrfmiddlewaretoken", "judged_for", "q", "names", "new_clients"];

  const storage = {
    read(key) {
      try {
        const draft = JSON.parse(localStorage.getItem(PREFIX + key));
        return draft && Date.now() - draft.at < KEEP_DAYS * 86400000 ? draft : null;
      } catch (error) { return null; }
    },
    write(key, draft) { try { localStorage.setItem(PREFIX + key, JSON.stringify(draft)); } catch (error) { /* a full or forbidden store only loses the draft */ } },
    drop(key) { try { localStorage.removeItem(PREFIX + key); } catch (error) { /* nothing to drop */ } },
  };

  // The page after saving: the draft with this record's id has arrived.
  const done = document.querySelector("[data-draft-done]");
  if (done) {
    const draft = storage.read(done.dataset.draftDone);
    if (!draft || draft.fields.client_id === undefined || draft.fields.client_id[0] === done.dataset.clientId) storage.drop(done.dataset.draftDone);
  }

  const form = document.querySelector(".service-form");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));

  // Is this one of the entries that wait on the phone?
  const offline = window.shezhanOffline;
  const waits = async (one) => Boolean(offline && offline.app && one && (await offline.store.get(one)));
  // Going back to a page whose entry waits: a fresh form, for what is saved here would take the place of what waits.
  const leaveIfWaiting = async () => { if (await waits(id.value)) window.location.replace(`${form.action}?station=${field("station_id").value}`); };

  // ---- one page, one submit: going back to a page that was sent and sending it again must not make a second record ----
  const id = field("client_id");
  const visit = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
  if (id && window.history.replaceState) {
    const was = (window.history.state || {}).serviceId;
    if (visit && visit.type === "back_forward" && was && !("draftBound" in form.dataset)) { id.value = was; leaveIfWaiting(); }
    else window.history.replaceState({ serviceId: id.value }, "");
    window.addEventListener("pageshow", (event) => { if (event.persisted) leaveIfWaiting(); });
  }

  // ---- steppers --------------------------------------------------------------------------------------------------
  form.querySelectorAll(".stepper").forEach((stepper) => {
    const input = stepper.querySelector("input");
    const size = Number(stepper.dataset.stepper);
    stepper.querySelectorAll("[data-step]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        const low = Number(input.min || 0);
        const next = (Number(input.value || input.placeholder) || 0) + size * Number(button.dataset.step);
        input.value = String(Math.max(low, Math.round(next * 10) / 10));
        changed(input);
      });
    });
  });

  // ---- focus groups: a tap on the name counts everyone in, a second tap nobody -------------------------------------
  const groups = [...form.querySelectorAll("[data-focus-group]")];
  const shown = (input) => Number(input.value || input.placeholder) || 0; // a blank number follows from the people
  const mark = () => groups.forEach((group) => group.classList.toggle("on", shown(group.querySelector("input")) > 0));
  groups.forEach((group) => {
    const input = group.querySelector("input");
    group.querySelector("label").addEventListener("click", (event) => {
      event.preventDefault();
      const counted = Number(input.placeholder) > 0;
      if (shown(input) > 0) input.value = counted && !input.value ? "0" : "";
      else input.value = counted ? "" : (field("contacts").value || "1");
      changed(input);
    });
  });
  form.addEventListener("input", mark);

  // ---- suggested title -------------------------------------------------------------------------------------------
  const words = document.getElementById("title-words");
  const halves = words ? JSON.parse(words.textContent) : null;
  const chosen = (name) => { const radio = form.querySelector(`input[name=${name}]:checked`); return radio ? radio.value : ""; };
  const suggest = () => {
    if (!halves) return;
    const [whom, what] = [halves.domain[chosen("domain")] || "", halves.method[chosen("method")] || ""];
    field("title").placeholder = whom && what ? whom + what : "";
  };
  form.addEventListener("change", suggest);

  // ---- people: chips that are chosen, searched, matched with a list ------------------------------------------------
  const box = form.querySelector("[data-people]");
  const people = document.getElementById("people");
  const found = document.getElementById("people-found");
  const boxes = () => (people ? [...people.querySelectorAll("input[name=clients]")] : []);
  const contacts = field("contacts");
  const parts = (text) => text.split(/[\n\r,，、;；\t]+/).map((part) => part.replace(/\s+/g, "")).filter(Boolean);
  const named = () => {
    const extra = (name) => (field(name) ? field(name).value : "");
    return boxes().filter((one) => one.checked).length + new Set(parts(extra("new_clients"))).size + (Number(extra("others")) || 0);
  };
  let follows = false; // the contacts follow from who is named, until somebody types a number
  const count = () => {
    if (!people) return;
    const chosen = boxes().filter((one) => one.checked);
    groups.forEach((group) => {
      const input = group.querySelector("input");
      const number = chosen.filter((one) => one.dataset.focus.split(" ").includes(input.name)).length;
      input.placeholder = number ? String(number) : "";
    });
    if (follows) contacts.value = String(Math.max(1, named()));
    box.querySelector("[data-people-count]").textContent = chosen.length ? `已选 ${chosen.length} 人` : "";
    mark();
  };
  const own = new Set(); // of method, domain, place and hours: what the user set
  const asUsual = (one) => {
    if (!field("when") || boxes().filter((other) => other.checked).length !== 1) return;
    ["method", "domain", "place", "hours"].forEach((name) => {
      const value = one.dataset[`usual${name[0].toUpperCase()}${name.slice(1)}`];
      if (!value || own.has(name)) return;
      if (name === "place" || name === "hours") { field(name).value = value; return; }
      const radio = form.querySelector(`input[name=${name}][value=${value}]`);
      if (radio) radio.checked = true;
    });
    suggest();
  };
  // A chip that was found joins the others when it is ticked; one that is there already is ticked there.
  const join = (label) => {
    const one = label.querySelector("input");
    const there = boxes().find((other) => other.value === one.value);
    if (there) {
      there.checked = there.checked || one.checked;
      label.remove();
    } else if (one.checked) {
      people.prepend(label);
    }
  };
  if (box) {
    const asked = new URLSearchParams(window.location.search);
    ["method", "domain"].forEach((name) => { if (asked.has(name)) own.add(name); });
    if (asked.has("link") || asked.has("copy") || asked.has("template")) ["method", "domain", "place", "hours"].forEach((name) => own.add(name));
    follows = ["", "1", String(named())].includes(contacts.value) && !("draftBound" in form.dataset && contacts.value !== String(named()));
    box.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
    contacts.addEventListener("input", () => { follows = false; });
    form.addEventListener("change", (event) => {
      const { name, type } = event.target;
      if (["method", "domain", "place", "hours"].includes(name)) own.add(name);
      if (name !== "clients") return;
      if (found.contains(event.target)) join(event.target.closest(".person"));
      if (event.target.checked && type === "checkbox") asUsual(event.target);
      count();
    });
    form.addEventListener("input", (event) => { if (["others", "new_clients"].includes(event.target.name)) count(); });
    box.querySelector("[data-people-none]").addEventListener("click", () => {
      boxes().forEach((one) => { one.checked = false; });
      count();
      changed(people.querySelector("input") || contacts);
    });
    found.addEventListener("htmx:afterSwap", () => {
      [...found.querySelectorAll(".person")].forEach((label) => {
        const one = label.querySelector("input");
        const there = boxes().find((other) => other.value === one.value);
        if (one.checked) join(label);
        else if (there && there.checked) one.checked = true;
      });
      const left = found.querySelector("[data-names-left]");
      if (left) field("names").value = left.textContent.trim().split(/\s*\n\s*/).join("\n");
      count();
      form.dispatchEvent(new Event("change", { bubbles: true }));
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.id === "people-q") event.preventDefault(); // finds, and does not save
    });
    // Opened for a person without a line: a kept page knows nothing of the address.
    const wanted = boxes().find((one) => one.value === asked.get("client"));
    if (wanted && !wanted.checked && !wanted.disabled && !("draftBound" in form.dataset)) {
      wanted.checked = true;
      asUsual(wanted);
    }
    count();
  }
  // Those of a draft who are not among the chips are asked for by their keys.
  const fetchPeople = (keys) => {
    const missing = keys.filter((key) => !boxes().some((one) => one.value === key));
    if (!people || !missing.length) return;
    const ask = () => window.htmx.ajax("POST", box.dataset.people, { target: found, values: { station_id: field("station_id").value, clients: missing } });
    if (document.readyState === "complete") ask();
    else window.addEventListener("load", ask, { once: true });
  };

  // ---- what the entry belongs to -----------------------------------------------------------------------------------
  const unlink = form.querySelector("[data-unlink]");
  if (unlink) {
    unlink.addEventListener("click", (event) => {
      event.preventDefault();
      field("link").value = "";
      form.querySelector("[data-linked]").remove();
      changed(field("link"));
    });
  }

  // ---- photos: what was chosen --------------------------------------------------------------------------------------
  const photo = field("photo");
  const photoWords = form.querySelector("[data-photo-chosen]");
  if (photo && photoWords) {
    photo.addEventListener("change", () => { photoWords.textContent = photo.files.length ? `已选 ${photo.files.length} 张` : ""; });
  }

  // ---- draft -----------------------------------------------------------------------------------------------------
  // An entry that waits on the phone has none: its text lies in the queue, and must not come back on the next fresh form,
  // which would then take its place there.
  const key = new URLSearchParams(window.location.search).has("entry") ? "" : form.dataset.draft;
  const note = document.querySelector("[data-draft-note]");
  const state = () => {
    const fields = {};
    new FormData(form).forEach((value, name) => {
      if (!NOT_KEPT.includes(name) && typeof value === "string") (fields[name] = fields[name] || []).push(value);
    });
    return fields;
  };
  const typed = (fields) => JSON.stringify(Object.assign({}, fields, { client_id: 0 }));
  let pristine = "";

  const askDue = () => {
    const when = form.querySelector(".when");
    if (when) when.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const fill = (fields) => {
    const day = (fields.when || [])[0];
    const offered = [...form.querySelectorAll("input[name=when]")].map((radio) => radio.value);
    if (day && day !== "other" && !offered.includes(day)) {
      // Yesterday's “today” is no chip any more.
      fields = Object.assign({}, fields, { when: ["other"], starts_on: [day], ends_on: [day] });
    }
    [...form.elements].forEach((control) => {
      const { name, type } = control;
      if (!name || NOT_KEPT.includes(name) || name === "station_id" || type === "file" || type === "submit" || type === "button") return;
      const values = fields[name] || [];
      if (type === "radio" || type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values[0] === undefined ? "" : values[0];
    });
    form.querySelectorAll("details").forEach((details) => {
      if ([...details.querySelectorAll("input, textarea")].some((input) => input.value)) details.open = true;
    });
    if (box) follows = fields.contacts === undefined || Number(fields.contacts[0]) <= Math.max(1, (fields.clients || []).length);
    fetchPeople(fields.clients || []);
    count();
    mark();
    suggest();
    askDue();
  };

  const tell = (text, canRestore) => {
    note.querySelector("[data-draft-words]").textContent = text;
    note.querySelector("[data-draft-restore]").hidden = !canRestore;
    note.hidden = false;
  };

  const startDraft = async () => {
    pristine = typed(state());
    let draft = storage.read(key);
    if (draft && (await waits((draft.fields.client_id || [])[0]))) {
      storage.drop(key);
      draft = null;
    }
    const when = (at) => new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    if (draft && !("draftBound" in form.dataset) && draft.typed !== pristine) {
      if ("draftAuto" in form.dataset) {
        fill(draft.fields);
        window.addEventListener("load", askDue, { once: true }); // htmx is not listening yet
        tell(`已恢复 ${when(draft.at)} 没有提交的内容。`, false);
      } else {
        tell(`有一份 ${when(draft.at)} 没有提交的草稿。`, true);
      }
    }
    let timer = 0;
    let dropped = false; // and not kept again while the page goes
    const save = () => {
      if (dropped) return;
      const fields = state();
      if (typed(fields) !== pristine) storage.write(key, { at: Date.now(), fields, typed: typed(fields) });
    };
    const later = () => { clearTimeout(timer); timer = setTimeout(save, 400); };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", (event) => {
      save();
      // Where a service worker stands by, it keeps the entry and sends it later (static/js/offline).
      if (navigator.onLine === false && !(navigator.serviceWorker && navigator.serviceWorker.controller)) {
        event.preventDefault();
        window.shezhan.toast("现在没有网络，内容已存在本机。联网后再按“保存”。", "warning");
      }
    });
    note.querySelector("[data-draft-restore]").addEventListener("click", () => { fill(draft.fields); note.hidden = true; });
    note.querySelector("[data-draft-drop]").addEventListener("click", () => {
      dropped = true;
      storage.drop(key);
      window.location.replace(`${form.action}?station=${field("station_id").value}`);
    });
  };

  mark();
  suggest();
  if (key && note) startDraft();
})();
