// Hooks of 社站通's pages (docs/frontend.md). Classic script, no build; parses in browsers from about 2018 on.
(() => {
  "use strict";
  const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
  const INK = "#1c2736";
  const GREY = "#53637a";
  const COLOURS = ["#3b6fb6", "#1f3a5f", "#7aa6a1", "#c08a3e", "#8b7bb0", "#5f7f4f", "#9aa8ba"];
  const PALE = "#b9cbe0";

  // ---- charts ----------------------------------------------------------------------------------------------------
  const toNumber = (value) => (value === null || value === undefined || value === "" ? null : Number(value));
  const trimmed = (value, digits) => String(Number(value.toFixed(digits)));
  const format = (value, percent) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "—";
    if (percent) {
      if (value < 1 && value > 0.9995) return "99.9%";
      return `${(value * 100).toFixed(1)}%`;
    }
    return value.toLocaleString("zh-CN", { maximumFractionDigits: 2 });
  };
  const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const axisLabel = (percent) => ({
    color: GREY,
    fontSize: 12,
    formatter: (value) => {
      if (percent) return `${trimmed(value * 100, 1)}%`;
      return Math.abs(value) >= 10000 ? `${trimmed(value / 10000, 1)}万` : value.toLocaleString("zh-CN");
    },
  });

  const base = () => ({
    textStyle: { fontFamily: FONT, color: INK },
    color: COLOURS,
    animation: false,
    aria: { enabled: false },
    tooltip: { confine: true, borderColor: "#dbe1e9", textStyle: { color: INK, fontSize: 13 }, extraCssText: "box-shadow:0 4px 12px rgba(18,32,58,.15)" },
  });

  const categoryName = (category) => (typeof category === "string" ? category : category.label);

  function cartesian(spec, narrow) {
    const horizontal = spec.kind === "hbar";
    const names = spec.categories.map(categoryName);
    const percents = spec.series.map((series) => Boolean(series.percent === undefined ? spec.percent : series.percent));
    const axes = spec.series.map((series) => (horizontal ? 0 : Number(series.axis || 0)));
    const kinds = spec.series.map((series) => (spec.kind === "combo" ? series.kind || (series.axis ? "line" : "bar") : spec.kind === "line" ? "line" : "bar"));
    const valueAxes = (axes.includes(1) ? [0, 1] : [0]).map((axis) => {
      const first = axes.indexOf(axis);
      const percent = first >= 0 && percents[first];
      const onlyLines = kinds.every((kind, index) => axes[index] !== axis || kind === "line");
      const unit = first >= 0 && !percent ? spec.series[first].unit : "";
      return {
        type: "value",
        scale: onlyLines, // a bar must start at zero, a line need not
        max: percent ? (extent) => (extent.max > 1 ? null : 1) : null,
        minInterval: percent ? 0 : 1,
        axisLabel: axisLabel(percent),
        name: unit || "",
        nameTextStyle: { color: GREY, fontSize: 12, align: axis ? "right" : "left" },
        splitLine: axis ? { show: false } : { lineStyle: { color: "#e8ecf1" } },
        splitNumber: narrow ? 3 : 4,
      };
    });
    const categoryAxis = {
      type: "category",
      data: names,
      inverse: horizontal, // the first row of the table is the top bar
      axisTick: { show: false },
      axisLine: { lineStyle: { color: "#c5ced9" } },
      axisLabel: { color: GREY, fontSize: 12, hideOverlap: true, width: horizontal ? (narrow ? 84 : 120) : undefined, overflow: horizontal ? "truncate" : undefined },
    };
    let bars = 0;
    let lines = 0;
    const series = spec.series.map((item, index) => {
      const line = kinds[index] === "line";
      const colour = item.color || (spec.kind === "combo" ? (line ? ["#1f3a5f", "#c08a3e"][lines++ % 2] : [PALE, "#7aa6a1"][bars++ % 2]) : spec.series.length === 2 && !spec.stack ? ["#3b6fb6", "#c3cfdd"][index] : COLOURS[index % COLOURS.length]);
      return {
        name: item.name,
        type: line ? "line" : "bar",
        stack: spec.stack && !line ? "all" : undefined,
        [horizontal ? "xAxisIndex" : "yAxisIndex"]: axes[index],
        data: item.data.map(toNumber),
        connectNulls: false,
        symbol: "circle",
        symbolSize: names.length > 14 ? 4 : 6,
        showSymbol: names.length <= 14 || item.data.filter((value) => value !== null).length === 1,
        lineStyle: { width: 2 },
        itemStyle: { color: colour, borderRadius: line || spec.stack ? 0 : horizontal ? [0, 2, 2, 0] : [2, 2, 0, 0] },
        barMaxWidth: horizontal ? 14 : 28,
        barGap: "15%",
        z: line ? 3 : 2,
        tooltip: { valueFormatter: (value) => format(value, percents[index]) + (percents[index] || !item.unit || value === null ? "" : ` ${item.unit}`) },
        markLine: index === 0 && spec.target !== undefined && spec.target !== null
          ? { silent: true, symbol: "none", lineStyle: { color: "#c08a3e", type: "dashed" }, label: { formatter: `目标 ${format(Number(spec.target), percents[0])}`, color: "#7a4d00", position: "insideEndTop" }, data: [{ [horizontal ? "xAxis" : "yAxis"]: Number(spec.target) }] }
          : undefined,
      };
    });
    const legend = spec.series.length > 1;
    const unitAbove = !horizontal && valueAxes.some((axis) => axis.name);
    return Object.assign(base(), {
      grid: { left: 8, right: horizontal ? 24 : 8, top: legend ? (unitAbove ? 56 : 36) : unitAbove ? 32 : 14, bottom: 4, containLabel: true },
      legend: legend ? { top: 0, left: "center", itemWidth: 16, itemHeight: 9, textStyle: { color: GREY, fontSize: 12 }, data: spec.series.map((item) => item.name) } : undefined,
      tooltip: Object.assign(base().tooltip, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: "rgba(59,111,182,.07)" } } }),
      xAxis: horizontal ? valueAxes : categoryAxis,
      yAxis: horizontal ? categoryAxis : valueAxes,
      series,
    });
  }

  async function map(spec, narrow) {
    const response = await fetch(spec.geo_url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`map outlines: ${response.status}`);
    const outlines = await response.json();
    const key = spec.key || "code";
    window.echarts.registerMap(spec.geo_url, outlines);
    const byCode = new Map(spec.items.map((item) => [String(item.code), item]));
    const values = spec.items.map((item) => toNumber(item.value)).filter((value) => value !== null);
    const low = spec.min !== undefined ? spec.min : Math.min(...values);
    const high = spec.max !== undefined ? spec.max : Math.max(...values);
    const data = outlines.features.map((feature) => {
      const code = String(feature.properties[key]);
      const item = byCode.get(code);
      const value = item ? toNumber(item.value) : null;
      // Dark areas carry white words.
      const depth = value === null || high === low ? 0 : (value - low) / (high - low);
      const dark = spec.reverse ? value !== null && depth < 0.2 : depth > 0.8;
      return { name: code, value: value === null ? NaN : value, title: item ? item.name : "", href: item ? item.href : null, label: { color: dark ? "#fff" : "#12263f" } };
    });
    const label = (entry) => (entry.data && entry.data.title ? `${entry.data.title}\n${format(Number.isNaN(entry.data.value) ? null : entry.data.value, spec.percent)}` : "");
    return Object.assign(base(), {
      tooltip: Object.assign(base().tooltip, { formatter: (entry) => (entry.data && entry.data.title ? escape(label(entry)).replace("\n", "<br>") : "") }),
      visualMap: values.length
        ? { type: "continuous", min: low, max: high > low ? high : low + 1, orient: narrow ? "horizontal" : "vertical", left: narrow ? "center" : 0, bottom: 0, itemWidth: 14, itemHeight: 90, text: [format(high, spec.percent), format(low, spec.percent)], textStyle: { color: GREY }, inRange: { color: spec.reverse ? ["#2b5d94", "#7fa9d0", "#cfe0ee", "#f3d7c4"] : ["#f3d7c4", "#cfe0ee", "#7fa9d0", "#2b5d94"] }, outOfRange: { color: "#eef1f5" } }
        : undefined,
      series: [{
        type: "map", map: spec.geo_url, nameProperty: key, data, selectedMode: false, left: narrow ? 4 : 56, right: 4, top: 4, bottom: narrow ? 40 : 4, preserveAspect: "contain",
        label: { show: data.length <= (narrow ? 16 : 40), fontSize: narrow ? 10 : 11, lineHeight: 14, formatter: label },
        labelLayout: { hideOverlap: true },
        itemStyle: { borderColor: "#fff", areaColor: "#eef1f5" },
        emphasis: { label: { color: "#12263f" }, itemStyle: { areaColor: "#f6d58b" } },
      }],
    });
  }

  let library = null;
  const loadLibrary = () => {
    library = library || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.echarts;
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
    return library;
  };

  const go = (href) => { if (href && /^[/?#]/.test(href)) window.location.assign(href); };

  async function draw(plot) {
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = "1";
    const source = document.getElementById(plot.dataset.chart);
    try {
      const spec = JSON.parse(source.textContent);
      await loadLibrary();
      const narrow = plot.clientWidth < 480;
      const option = spec.kind === "map" ? await map(spec, narrow) : cartesian(spec, narrow);
      const chart = window.echarts.init(plot, null, { renderer: "svg" });
      chart.setOption(option);
      if (spec.kind === "map") {
        chart.on("click", (entry) => go(entry.data && entry.data.href));
      } else if (spec.categories.some((category) => category.href)) {
        // The whole column answers, not only the ink of a short bar.
        const at = (event) => {
          const point = [event.offsetX, event.offsetY];
          if (!chart.containPixel("grid", point)) return null;
          const position = chart.convertFromPixel("grid", point);
          return spec.categories[Math.round(position[spec.kind === "hbar" ? 1 : 0])] || null;
        };
        chart.getZr().on("click", (event) => { const category = at(event); go(category && category.href); });
        chart.getZr().on("mousemove", (event) => { const category = at(event); chart.getZr().setCursorStyle(category && category.href ? "pointer" : "default"); });
      }
      if (window.ResizeObserver) new ResizeObserver(() => chart.resize()).observe(plot);
      else window.addEventListener("resize", () => chart.resize());
      window.addEventListener("beforeprint", () => chart.resize());
    } catch (error) {
      // The figures are still there: open the table.
      plot.classList.add("chart-failed");
      const table = plot.parentElement.querySelector("details");
      if (table) table.open = true;
      console.error(error);
    }
  }

  // Charts far down a page wait until they are near the screen: phones on slow lines fetch 1 MB only when needed.
  const nearby = window.IntersectionObserver
    ? new IntersectionObserver((entries) => entries.forEach((entry) => { if (entry.isIntersecting) { nearby.unobserve(entry.target); draw(entry.target); } }), { rootMargin: "400px" })
    : null;
  const drawAll = (root) => root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((plot) => (nearby ? nearby.observe(plot) : draw(plot)));

  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    unfolded.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => unfolded.forEach((details) => { details.open = false; }));

  // ---- toasts ----------------------------------------------------------------------------------------------------
  function toast(text, level) {
    const stack = document.getElementById("toasts");
    if (!stack || !text) return;
    const note = document.createElement("div");
    note.className = `toast-note ${level || "info"}`;
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.setAttribute("aria-label", "关闭");
    close.addEventListener("click", () => note.remove());
    note.append(words, close);
    stack.append(note);
    if (level !== "error") setTimeout(() => note.remove(), 6000);
  }
  window.shezhan = { toast, ask };
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const words = { 403: "您的岗位不能做这项操作，或页面已过期，请刷新后再试。", 404: "没有找到，或不在您的管辖范围内。", 409: "内容刚被别人改过，请刷新后再试。", 429: "操作太频繁，请稍后再试。" };
    toast(words[status] || "没有完成，请稍后再试。", "error");
  });
  document.addEventListener("htmx:sendError", () => toast("网络不通，没有送达。请检查网络后再试。", "error"));

  // ---- questions, forms, small hooks -----------------------------------------------------------------------------
  function ask(question) {
    const dialog = document.getElementById("ask");
    if (!dialog || !dialog.showModal) return Promise.resolve(window.confirm(question));
    document.getElementById("ask-text").textContent = question;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
  }
  document.addEventListener("htmx:confirm", (event) => {
    const question = event.detail.elt.dataset.confirm;
    if (!question) return;
    event.preventDefault();
    ask(question).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter || null;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    const htmx = form.matches("[hx-post],[hx-get],[hx-put],[hx-patch],[hx-delete]");
    if (question && !htmx && !form.dataset.confirmed) {
      event.preventDefault();
      ask(question).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "1";
        if (form.requestSubmit) form.requestSubmit(button || undefined);
        else form.submit();
      });
      return;
    }
    delete form.dataset.confirmed;
    if ("submitOnce" in form.dataset && !event.defaultPrevented) {
      // After this event, so that the pressed button's own value is still sent.
      setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((item) => { item.disabled = true; }), 0);
    }
  });
  // Coming back through history must not find the button still dead.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-submit-once] button[disabled]").forEach((item) => { item.disabled = false; });
  });
  document.addEventListener("change", (event) => {
    const holder = event.target.closest("[data-autosubmit]");
    const form = holder && (holder.tagName === "FORM" ? holder : event.target.form);
    if (!form) return;
    if (form.requestSubmit) form.requestSubmit();
    else form.submit();
  });
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-dismiss]")) target.closest(".alert").remove();
    if (target.closest("[data-back]")) window.history.back();
    const results = document.getElementById("shell-results");
    if (results && !target.closest("[data-search]")) results.textContent = "";
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest && event.target.closest("[data-search]");
    if (!box) return;
    const links = [...box.querySelectorAll(".result-list a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") document.getElementById("shell-results").textContent = "";
    if (event.key === "ArrowDown" && links[at + 1]) { event.preventDefault(); links[at + 1].focus(); }
    if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (links[at - 1] || box.querySelector("input")).focus(); }
  });
  document.addEventListener("shown.bs.collapse", (event) => {
    if (event.target.id === "shell-search") event.target.querySelector("input").focus();
  });

  // Whoever signs in begins anew: a sign-out without a line (js/offline/app.js) is done with.
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-sign-in]")) localStorage.removeItem("shezhan-leaving"); });

  const offline = () => document.querySelectorAll("[data-offline]").forEach((mark) => { mark.hidden = navigator.onLine !== false; });
  window.addEventListener("online", offline);
  window.addEventListener("offline", offline);

  document.addEventListener("htmx:afterSettle", () => drawAll(document));
  const start = () => {
    offline();
    drawAll(document);
    if (window.history.length > 1) document.querySelectorAll("[data-back]").forEach((button) => { button.hidden = false; });
    const first = document.querySelector("[data-focus]");
    if (first) first.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
