// The document at left and the candidates at right. Nothing is decided here: what is pressed goes to Python.
const COLUMNS = ["figure", "kind", "place", "date", "about"];
const FACETS = ["state", "kind", "place", "date"];
const KEYS = { a: "accept", r: "reject", n: "next", b: "back", u: "undo", ArrowDown: "next", ArrowUp: "back" };

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const words = model.get("words");
  const chosen = Object.fromEntries(FACETS.map((f) => [f, ""]));
  const root = element("div", { class: "cdr", "data-lm-suppress-shortcuts": "true" });
  const text = element("section", { class: "cdr-text", "aria-label": words.document, tabindex: "0" });
  const list = element("section", { "aria-label": words.candidates, tabindex: "0" });
  const facets = element("div", { class: "cdr-facets" });
  const add = element("button", { type: "button" }, words.add);
  const body = element("tbody");
  const head = element("tr", {}, ...COLUMNS.map((c) => element("th", { scope: "col" }, words[c])));
  const table = element("table", { role: "grid" }, element("thead", {}, head), body);
  const selects = Object.fromEntries(FACETS.map((f) => [f, element("select", { "aria-label": words[f] })]));
  facets.append(...Object.values(selects), add);
  list.append(facets, table);
  root.append(text, list, element("p", { class: "cdr-help" }, words.keys));
  el.append(root);
  const shownBlocks = new Map();
  let picked = null;

  function pieces(block, marks) {
    const found = [];
    let at = 0;
    for (const row of marks) {
      if (row.from < at) continue;
      found.push(block.text.slice(at, row.from));
      found.push(element("mark", { "data-i": row.i, "data-decision": row.decision }, block.text.slice(row.from, row.to)));
      at = row.to;
    }
    found.push(block.text.slice(at));
    return found;
  }

  function drawText() {
    const marks = new Map();
    model.get("rows").forEach((row, i) => {
      if (!marks.has(row.p)) marks.set(row.p, []);
      marks.get(row.p).push({ ...row, i });
    });
    for (const own of marks.values()) own.sort((a, b) => a.from - b.from);
    for (const block of model.get("blocks")) {
      const own = marks.get(block.p) || [];
      const key = JSON.stringify(own.map((r) => [r.i, r.from, r.to, r.decision]));
      let node = shownBlocks.get(block.p);
      if (!node) {
        node = element(block.kind === "heading" ? "h4" : block.kind === "cell" ? "span" : "p", { class: `cdr-${block.kind}`, "data-p": block.p });
        shownBlocks.set(block.p, node);
        text.append(node);
      } else if (node.dataset.key === key) continue;
      node.dataset.key = key;
      node.replaceChildren(...pieces(block, own));
    }
  }

  function passes(row, but) {
    return FACETS.every((f) => f === but || !chosen[f] || row[f] === chosen[f]);
  }

  function drawFacets(rows) {
    for (const facet of FACETS) {
      const counts = new Map();
      for (const row of rows) if (passes(row, facet)) counts.set(row[facet], (counts.get(row[facet]) || 0) + 1);
      if (chosen[facet] && !counts.has(chosen[facet])) counts.set(chosen[facet], 0);
      const options = [...counts].sort((a, b) => b[1] - a[1]).map(([v, n]) => element("option", { value: v || "-" }, `${v || "-"} (${n})`));
      selects[facet].replaceChildren(element("option", { value: "" }, `${words[facet]}: ${words.all}`), ...options);
      selects[facet].value = chosen[facet];
    }
  }

  function drawTable() {
    const rows = model.get("rows");
    drawFacets(rows);
    const shown = [];
    const drawn = [];
    rows.forEach((row, i) => {
      if (!passes(row)) return;
      shown.push(i);
      drawn.push(element("tr", { "data-i": i, "data-decision": row.decision, "aria-label": row.state }, ...COLUMNS.map((c) => element("td", {}, row[c]))));
    });
    body.replaceChildren(...drawn);
    if (JSON.stringify(shown) !== JSON.stringify(model.get("shown"))) {
      model.set("shown", shown);
      model.save_changes();
    }
    point();
  }

  function point() {
    const at = String(model.get("at"));
    for (const node of root.querySelectorAll("mark[aria-current], tr[aria-selected]")) {
      node.removeAttribute("aria-current");
      node.removeAttribute("aria-selected");
    }
    const mark = text.querySelector(`mark[data-i="${at}"]`);
    const row = body.querySelector(`tr[data-i="${at}"]`);
    if (mark) {
      mark.setAttribute("aria-current", "true");
      scrollTo(text, mark);
    }
    if (row) {
      row.setAttribute("aria-selected", "true");
      scrollTo(list, row);
    }
    root.dataset.at = at;
  }

  function scrollTo(box, node) {
    const outer = box.getBoundingClientRect();
    const inner = node.getBoundingClientRect();
    if (inner.top < outer.top + 80 || inner.bottom > outer.bottom - 30) box.scrollTop += inner.top - outer.top - outer.height / 3;
  }

  root.addEventListener("click", (event) => {
    const node = event.target.closest("[data-i]");
    if (node) model.send({ act: "go", at: Number(node.dataset.i) });
  });
  root.addEventListener("keydown", (event) => {
    if (event.target.matches("select, button") || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ act: KEYS[event.key] });
  });
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const node = range.startContainer.parentElement?.closest("[data-p]");
    if (!node || !text.contains(node)) return;
    const before = document.createRange();
    before.selectNodeContents(node);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    picked = { p: node.dataset.p, start, end: start + range.toString().length };
  });
  add.addEventListener("click", () => picked && model.send({ act: "add", ...picked }));
  for (const facet of FACETS) {
    selects[facet].addEventListener("change", () => {
      const value = selects[facet].value;
      chosen[facet] = value === "-" ? "" : value;
      drawTable();
    });
  }
  model.on("change:blocks change:rows", () => {
    drawText();
    drawTable();
  });
  model.on("change:at", point);
  drawText();
  drawTable();
}

export default { render };
