// Who: one field for provinces, regions and groups, with suggestions and removable chips. What is typed is matched
// here and not in the kernel, so that Enter right after the last letter takes what that text means, never an
// earlier match. The pattern is the combobox with a list of the ARIA authoring practices.
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]/g, "");
const MOST_SUGGESTED = 12, MOST_CHIPS = 6;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  element.setAttribute("data-lm-suppress-shortcuts", "true"); // keys are ours: the notebook looks at what has the focus before what is around it
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-") && value != null) element.setAttribute(name, String(value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

// Best first: the whole name, its beginning, the beginning of a word, anywhere; provinces before groups.
function matching(typed, candidates) {
  const wanted = fold(typed);
  if (!wanted) return candidates.filter((c) => c.kind !== "peers");
  const score = (c) => Math.min(...c.words.map((w) => (w === wanted ? 0 : w.startsWith(wanted) ? 1 : w.includes(wanted) ? 3 : 9))) + (c.kind === "province" ? 0 : 0.5);
  return candidates.map((c) => [score(c), c]).filter(([s]) => s < 9).sort((a, b) => a[0] - b[0]).map(([, c]) => c);
}

function whoField(id, { choose, set, say }) {
  let candidates = [], words = {}, picked = [], names = {}, groups = [], colours = [], strong = "", active = -1, offered = [];
  const chips = make("ul", { class: "cds-chips" });
  const list = make("ul", { class: "cds-list", role: "listbox", id: `${id}-list`, hidden: true });
  const input = make("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": `${id}-list`, "aria-autocomplete": "list", class: "cds-who-input",
  });
  const field = make("div", { class: "cds-who" }, chips, input, list);

  const close = () => { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === index));
    const item = list.children[index];
    if (item) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
  };
  const open = () => {
    offered = matching(input.value, candidates).slice(0, MOST_SUGGESTED);
    list.replaceChildren(...offered.map((c, i) => make("li", { role: "option", id: `${id}-${i}`, "aria-selected": "false", class: c.kind === "province" ? "" : "cds-group",
      onpointerdown: (event) => { event.preventDefault(); take([c]); } }, c.label)));
    list.hidden = !offered.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (offered.length && input.value) mark(0); else active = -1;
    say(offered.length ? "" : words.no_match);
  };
  const take = (found) => {
    input.value = "";
    close();
    const known = found.filter((c) => c.ids), open_ = found.filter((c) => !c.ids);
    const added = known.flatMap((c) => c.ids).filter((p) => !picked.includes(p));
    if (open_.length) choose({ provinces: [...picked, ...added], add: open_.map((c) => c.id) });
    else if (added.length) set([...picked, ...new Set(added)]);
  };
  input.addEventListener("input", open);
  input.addEventListener("focus", () => input.value && open());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      const n = offered.length, step = event.key === "ArrowDown" ? 1 : -1;
      if (n) mark((active + step + n) % n);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const typed = input.value.split(/[,;]/).filter((part) => fold(part));
      if (typed.length > 1) {
        const found = typed.map((part) => matching(part, candidates)[0]);
        const lost = typed.filter((_, i) => !found[i]);
        take(found.filter(Boolean));
        say(lost.length ? `${words.no_match}: ${lost.join(", ")}` : "");
      } else {
        const now = matching(input.value, candidates).slice(0, MOST_SUGGESTED); // of this text, whatever is shown
        const chosen = active >= 0 && now[active] === offered[active] ? now[active] : typed.length ? now[0] : null;
        if (chosen) take([chosen]); else if (typed.length) say(words.no_match);
      }
    } else if (event.key === "Escape") {
      if (!list.hidden || input.value) { event.stopPropagation(); input.value = ""; close(); }
    } else if (event.key === "Backspace" && !input.value && picked.length) {
      set(picked.slice(0, -1));
    }
    if (event.key !== "Tab") event.stopPropagation(); // JupyterLab has shortcuts of its own
  });

  const showChips = () => {
    const items = [], rest = new Set(picked);
    for (const g of groups) {
      if (g.ids.length > 1 && g.ids.every((p) => rest.has(p)) && picked.length > MOST_CHIPS) {
        items.push([g.label, g.ids, ""]);
        g.ids.forEach((p) => rest.delete(p));
      }
    }
    for (const p of picked) if (rest.has(p)) items.push([names[p], [p], picked.length > colours.length ? strong : colours[picked.indexOf(p)]]);
    const shown = items.slice(0, MOST_CHIPS).map(([label, ids, colour]) => {
      const dot = make("span", { class: "cds-dot", "aria-hidden": "true" });
      if (colour) dot.style.background = colour; else dot.style.display = "none";
      const drop = make("button", { type: "button", "aria-label": `${words.drop} ${label}`, onclick: () => { set(picked.filter((p) => !ids.includes(p))); input.focus(); } }, "×");
      return make("li", {}, dot, label, drop);
    });
    const more = items.slice(MOST_CHIPS).flatMap(([, ids]) => ids).length;
    if (more) shown.push(make("li", { class: "cds-more" }, `+${more}`));
    if (picked.length > 2) shown.push(make("li", { class: "cds-more" }, make("button", { type: "button", onclick: () => { set([]); input.focus(); } }, words.clear)));
    chips.replaceChildren(...shown);
  };
  return {
    field, input,
    menu(menu, said) {
      ({ who: candidates, names, groups } = menu);
      words = said;
      input.setAttribute("aria-label", words.who);
      input.placeholder = words.who_hint;
    },
    show(ids, palette, many) { picked = ids; colours = palette; strong = many; showChips(); },
  };
}
