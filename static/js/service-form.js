// The entry form of services: steppers, suggested title, and a draft that survives a lost line. Works on top of plain HTML.
(() => {
  "use strict";
  const PREFIX = "shezhan:service:";
  const KEEP_DAYS = 7;
  const NOT_KEPT = ["csrfmiddlewaretoken", "judged_for"];

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

  // ---- one page, one submit: going back to a page that was sent and sending it again must not make a second record ----
  const id = field("client_id");
  const visit = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
  if (id && window.history.replaceState) {
    const was = (window.history.state || {}).serviceId;
    if (visit && visit.type === "back_forward" && was && !("draftBound" in form.dataset)) id.value = was;
    else window.history.replaceState({ serviceId: id.value }, "");
  }

  // ---- steppers --------------------------------------------------------------------------------------------------
  form.querySelectorAll(".stepper").forEach((stepper) => {
    const input = stepper.querySelector("input");
    const size = Number(stepper.dataset.stepper);
    stepper.querySelectorAll("[data-step]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        const low = Number(input.min || 0);
        const next = (Number(input.value) || 0) + size * Number(button.dataset.step);
        input.value = String(Math.max(low, Math.round(next * 10) / 10));
        changed(input);
      });
    });
  });

  // ---- focus groups: a tap on the name counts everyone in, a second tap nobody -------------------------------------
  const groups = [...form.querySelectorAll("[data-focus-group]")];
  const mark = () => groups.forEach((group) => group.classList.toggle("on", Number(group.querySelector("input").value) > 0));
  groups.forEach((group) => {
    const input = group.querySelector("input");
    group.querySelector("label").addEventListener("click", (event) => {
      event.preventDefault();
      input.value = Number(input.value) > 0 ? "" : (field("contacts").value || "1");
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

  // ---- draft -----------------------------------------------------------------------------------------------------
  const key = form.dataset.draft;
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
      if (!name || NOT_KEPT.includes(name) || name === "station_id") return;
      const values = fields[name] || [];
      if (type === "radio" || type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values[0] === undefined ? "" : values[0];
    });
    form.querySelectorAll("details").forEach((details) => {
      if ([...details.querySelectorAll("input")].some((input) => input.value)) details.open = true;
    });
    mark();
    suggest();
    askDue();
  };

  const tell = (text, canRestore) => {
    note.querySelector("[data-draft-words]").textContent = text;
    note.querySelector("[data-draft-restore]").hidden = !canRestore;
    note.hidden = false;
  };

  const startDraft = () => {
    pristine = typed(state());
    const draft = storage.read(key);
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
    const save = () => {
      const fields = state();
      if (typed(fields) !== pristine) storage.write(key, { at: Date.now(), fields, typed: typed(fields) });
    };
    const later = () => { clearTimeout(timer); timer = setTimeout(save, 400); };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", (event) => {
      save();
      if (navigator.onLine === false) {
        event.preventDefault();
        window.shezhan.toast("现在没有网络，内容已存在本机。联网后再按“保存”。", "warning");
      }
    });
    note.querySelector("[data-draft-restore]").addEventListener("click", () => { fill(draft.fields); note.hidden = true; });
    note.querySelector("[data-draft-drop]").addEventListener("click", () => {
      storage.drop(key);
      window.location.replace(`${form.action}?station=${field("station_id").value}`);
    });
  };

  mark();
  suggest();
  if (key && note) startDraft();
})();
