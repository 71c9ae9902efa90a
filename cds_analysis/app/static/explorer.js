// The explorer: one line of controls, tabs, the figure, what can be taken away from it. Python says what is shown
// (`menu`, `shown`); a change goes to it as a message, and while an answer is awaited further changes wait as one.
// Picking and pointing need no answer: they are drawn here at once.
let count = 0;

async function render({ model, el }) {
  const id = `cds-${++count}-${Math.random().toString(36).slice(2, 7)}`;
  const isDark = () => (document.body.dataset.jpThemeLight === "false" || document.body.classList.contains("vscode-dark") ? true
    : document.body.dataset.jpThemeLight || document.body.classList.contains("vscode-light") ? false : matchMedia("(prefers-color-scheme: dark)").matches);
  let shown = model.get("shown"), menu = model.get("menu"), waiting = false, later = [], drawn = null, playing = null, seq = 0;

  const choose = (change) => {
    if (waiting) { // changes of the choice wait as one; a whole selection and a step back stand alone
      const last = later.at(-1), whole = (c) => "state" in c || "undo" in c;
      if (last && !whole(last) && !whole(change)) Object.assign(last, change); else later.push({ ...change });
      return;
    }
    waiting = true;
    model.send({ ...change, seq: ++seq });
  };
  const status = make("p", { role: "status", class: "cds-status" }), say = (text) => { status.textContent = text; };
  const pick = (ids) => { // drawn at once; the title follows
    shown = { ...shown, provinces: ids };
    who.show(ids, ...palette());
    drawn?.pick(ids);
    table.pick(ids);
    choose({ provinces: ids });
  };
  const palette = () => { const look = { ...menu.light, ...(isDark() ? menu.dark : {}) }; return [look.palette, look.strong]; };
  const colour = (slot) => { const [colours, strong] = palette(); return shown.provinces.length > colours.length ? strong : colours[slot]; };
  const who = whoField(id, { choose, set: pick, say });
  const table = dataTable({ toggle: (p) => pick(shown.provinces.includes(p) ? shown.provinces.filter((q) => q !== p) : [...shown.provinces, p]) });

  // ---- controls
  const index = make("select", { onchange: () => choose({ index: index.value }) });
  const part = make("select", { onchange: () => choose({ series: part.value }) });
  const indicator = make("select", { onchange: () => choose({ indicator: indicator.value }) });
  const other = make("select", { onchange: () => choose({ other: other.value }) });
  const from = make("input", { type: "range", step: 1 }), to = make("input", { type: "range", step: 1 }), span = make("output");
  const play = make("button", { type: "button", class: "cds-play", onclick: () => (playing ? stop() : start()) });
  const when = make("div", { class: "cds-when", role: "group" }, make("div", { class: "cds-range" }, from, to), span, play);
  const slide = () => {
    let [a, b] = [Number(from.value), Number(to.value)];
    if (a > b) [a, b] = [b, a];
    span.textContent = from.hidden ? shown.years[b] : `${shown.years[a]}–${shown.years[b]}`;
    choose({ first: shown.years[a], last: shown.years[b] });
  };
  from.addEventListener("input", slide);
  to.addEventListener("input", slide);
  const stop = () => { clearInterval(playing); playing = null; play.textContent = "▶"; play.setAttribute("aria-label", menu.words.play); };
  const start = () => {
    if (Number(to.value) >= shown.years.length - 1) to.value = from.hidden ? 0 : Math.min(Number(from.value) + 1, shown.years.length - 1);
    slide();
    playing = setInterval(() => { if (Number(to.value) >= shown.years.length - 1) return stop(); to.value = Number(to.value) + 1; slide(); }, 900);
    play.textContent = "⏸";
    play.setAttribute("aria-label", menu.words.pause);
  };
  const tabs = make("div", { role: "tablist", class: "cds-tabs" }), views = make("div", { role: "group", class: "cds-switch" });
  const langs = make("div", { role: "group", class: "cds-switch" }), units = make("div", { role: "group", class: "cds-switch" });
  const undo = make("button", { type: "button", class: "cds-plain", onclick: () => choose({ undo: true }) });
  const title = make("h3"), subtitle = make("p", { class: "cds-subtitle" });
  const plot = make("div", { class: "cds-plot", role: "img" });
  const panel = make("div", { role: "tabpanel", id: `${id}-panel`, class: "cds-panel" }, title, subtitle, plot, table.root);
  const notes = make("p", { class: "cds-notes" }), takes = make("div", { class: "cds-takes" });
  const state = make("input", { type: "text", spellcheck: "false", onchange: () => choose({ state: state.value }) });
  const code = make("input", { type: "text", readonly: true, spellcheck: "false" });
  for (const box of [state, code]) box.addEventListener("keydown", (event) => event.stopPropagation());
  const what = make("div", { class: "cds-what" }, index, part, indicator);
  const share = make("div", { class: "cds-share" });
  const root = make("section", { class: "cds" },
    make("div", { class: "cds-controls" }, who.field, what, when),
    make("div", { class: "cds-second" }, tabs, views, other, make("span", { class: "cds-gap" }), undo), panel, notes, make("div", { class: "cds-foot" }, takes, share, units, langs), status);
  root.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target.type !== "text") { event.preventDefault(); event.stopPropagation(); choose({ undo: true }); }
    if (event.key === "Escape" && shown.provinces.length && !event.target.closest(".cds-who")) { event.stopPropagation(); pick([]); }
  });

  const options = (select, items, value) => {
    const made = (o) => make("option", { value: o.id, selected: o.id === value }, o.label);
    select.replaceChildren(...items.map((o) => (o.items ? make("optgroup", { label: o.label }, ...o.items.map(made)) : made(o))));
  };
  const switches = (group, label, items, value, change) => {
    group.setAttribute("aria-label", label);
    group.replaceChildren(...items.map(([key, text, name]) => make("button", { type: "button", "aria-pressed": key === value, title: name, lang: key === "vi" || key === "en" ? key : null, onclick: () => choose(change(key)) }, text)));
  };
  const download = (name, href) => make("a", { download: name, href }).click();
  const take = async (kind) => {
    if (kind === "png" || kind === "svg") download(`${shown.file}.${kind}`, await drawn.picture(kind));
    else model.send({ file: kind });
  };
  const copied = async (text) => {
    try { await navigator.clipboard.writeText(text); } catch { code.focus(); code.select(); document.execCommand("copy"); }
    say(menu.words.copied);
  };

  const fillMenu = () => {
    const w = menu.words;
    root.lang = menu.lang;
    root.setAttribute("aria-label", w.explorer);
    who.menu(menu, w);
    table.menu(w, menu.regions);
    for (const [control, label] of [[index, w.index], [part, w.dimension], [indicator, w.target], [other, w.other], [from, w.first], [to, w.last], [when, w.years], [state, w.state], [code, w.code]]) control.setAttribute("aria-label", label);
    tabs.setAttribute("aria-label", w.views);
    undo.replaceChildren("↶");
    undo.setAttribute("aria-label", w.undo);
    undo.title = w.undo;
    stop();
    share.replaceChildren(make("label", {}, w.state, " ", state), make("label", {}, w.code, " ", code), make("button", { type: "button", class: "cds-plain", onclick: () => copied(code.value) }, w.copy));
  };
  const keepFocus = (group, draw) => { // a switch drawn anew keeps the keyboard where it was
    const at = [...group.children].indexOf(document.activeElement);
    draw();
    if (at >= 0) (group.querySelector("[aria-selected=true]") ?? group.children[at])?.focus();
  };
  const fill = () => {
    const s = shown, w = menu.words, targets = s.tab === "targets", oneYear = !targets && (s.tab === "comparison" || (s.tab === "map" && s.view !== "change"));
    who.show(s.provinces, ...palette());
    options(index, menu.indices, s.index);
    options(part, menu.parts[s.index], s.series);
    options(indicator, menu.indicators, s.indicator);
    options(other, menu.others, s.other);
    index.hidden = part.hidden = targets;
    indicator.hidden = !targets;
    when.hidden = targets || s.years.length < 2;
    other.hidden = s.view !== "pair";
    from.hidden = oneYear;
    for (const [box, value] of [[from, s.first], [to, s.last]]) { box.min = 0; box.max = s.years.length - 1; if (document.activeElement !== box) box.value = s.years.indexOf(value); }
    from.setAttribute("aria-valuetext", s.first);
    to.setAttribute("aria-valuetext", s.last);
    span.textContent = oneYear ? s.last : `${s.first}–${s.last}`;
    keepFocus(tabs, () => tabs.replaceChildren(...menu.tabs.map(([key, label]) => make("button", { type: "button", role: "tab", id: `${id}-${key}`, "aria-selected": key === s.tab, "aria-controls": `${id}-panel`, tabindex: key === s.tab ? 0 : -1, onclick: () => choose({ tab: key }) }, label))));
    panel.setAttribute("aria-labelledby", `${id}-${s.tab}`);
    const offered = menu.views[s.tab];
    views.hidden = offered.length < 2;
    keepFocus(views, () => switches(views, w.view, offered, s.view, (view) => ({ view })));
    keepFocus(units, () => switches(units, w.units, menu.units, s.units, (units) => ({ units })));
    keepFocus(langs, () => switches(langs, w.language, [["vi", "VI", "Tiếng Việt"], ["en", "EN", "English"]], s.lang, (lang) => ({ lang })));
    undo.disabled = !s.can_undo;
    title.textContent = s.title;
    subtitle.textContent = s.subtitle;
    const source = (x) => (x.url ? make("a", { href: x.url, target: "_blank", rel: "noopener" }, x.title) : x.title);
    const [first, ...more] = s.sources, told = s.notes.flatMap((n) => [n, " "]);
    if (first) told.push(`${w.source}: `, source(first));
    if (more.length) told.push(" ", make("details", {}, make("summary", {}, `+${more.length}`), " ", ...more.flatMap((x, i) => [i ? "; " : "", source(x)])));
    notes.replaceChildren(...told);
    if (document.activeElement !== state) state.value = s.state;
    code.value = s.code;
    const kinds = s.tab === "table" ? ["xlsx", "csv"] : s.rows ? ["png", "svg", "xlsx", "csv"] : [];
    takes.replaceChildren(...kinds.map((kind) => make("button", { type: "button", onclick: () => take(kind) }, kind.toUpperCase())), ...(s.tab === "table" ? [make("button", { type: "button", onclick: () => copied(table.copy()) }, w.copy_table)] : []));
    say(s.says);
  };
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const keys = menu.tabs.map(([key]) => key), now = keys[(keys.indexOf(shown.tab) + step + keys.length) % keys.length];
    choose({ tab: now });
  });
  const draw = async () => {
    const s = shown, figure = s.figure;
    table.root.hidden = s.tab !== "table";
    plot.hidden = s.tab === "table" || !s.rows;
    plot.setAttribute("aria-label", s.alt);
    if (s.tab === "table") table.show(s.figure.data.rows, s.provinces, colour);
    else if (s.rows) {
      const full = { ...figure, light: menu.light, dark: menu.dark };
      if (drawn) await drawn.update(full, s.provinces);
      else drawn = await cdsDraw(plot, full, { picked: s.provinces, dark: isDark(), onPick: (ids) => pick(ids) });
    }
    root.dataset.drawn = s.seq; // what is awaited by those who measure
  };
  const look = () => { root.classList.toggle("cds-dark", isDark()); drawn?.look(isDark()); who.show(shown.provinces, ...palette()); };

  model.on("change:menu", () => { menu = model.get("menu"); });
  model.on("change:shown", async () => {
    shown = model.get("shown");
    if (root.lang !== menu.lang || menu.units_shown !== root.dataset.units) { fillMenu(); root.dataset.units = menu.units_shown; }
    waiting = false;
    if (later.length) choose(later.shift());
    fill();
    await draw();
  });
  model.on("msg:custom", (message, buffers) => {
    const href = URL.createObjectURL(new Blob([buffers[0]], { type: message.type }));
    download(message.name, href);
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  });
  const watch = new MutationObserver(look);
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  fillMenu();
  root.dataset.units = menu.units_shown;
  fill();
  el.append(root);
  root.classList.toggle("cds-dark", isDark());
  await draw();
  if (root.getBoundingClientRect().bottom > innerHeight) root.scrollIntoView({ block: "start" }); // figure and controls in one view
  return () => { watch.disconnect(); stop(); drawn?.view?.finalize(); };
}
export default { render };
