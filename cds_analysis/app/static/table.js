// The table: every province, sorted by any column, filtered by words, region or pick, with a bar behind the score
// and a small line of its ranks, cut where the definition changed. Numbers sort as numbers, names as Vietnamese does.
function dataTable({ toggle }) {
  let rows = [], words = {}, picked = [], colourOf = () => "", by = "rank", down = false, body = null;
  const search = make("input", { type: "search" }), region = make("select"), only = make("input", { type: "checkbox" });
  const tools = make("div", { class: "cds-table-tools" }), box = make("div", { class: "cds-scroll", tabindex: "0", role: "region" });
  const root = make("div", { class: "cds-table", hidden: true }, tools, box);
  const collator = new Intl.Collator("vi");
  const kept = () => rows.filter((r) => fold(r.name + r.region).includes(fold(search.value)) && (!region.value || r.region === region.value) && (!only.checked || picked.includes(r.province_id)));
  const sorted = () => kept().sort((a, b) => {
    if (a[by] == null || b[by] == null) return (a[by] == null) - (b[by] == null); // what is missing stays last
    const order = typeof a[by] === "number" ? a[by] - b[by] : collator.compare(a[by], b[by]);
    return (down ? -order : order) || collator.compare(a.name, b.name);
  });
  const since = () => rows.find((r) => r.change != null)?.since;
  const columns = () => [["name", words.province], ["region", words.region], ["rank", words.rank], ["score", words.score], ["change", since() ? `${words.change} (${since()}→)` : words.change], ["line", words.line]];

  const spark = (line) => {
    const known = line.filter(([, v]) => v != null);
    if (known.length < 2) return "";
    const years = line.map(([y]) => y), most = Math.max(...rows.map((r) => r.of ?? 0), ...known.map(([, v]) => v));
    const x = (y) => 2 + (76 * (y - years[0])) / (years.at(-1) - years[0]), y = (v) => 2 + (16 * (v - 1)) / Math.max(1, most - 1);
    const runs = known.map(([year, v, segment], i) => `${i && known[i - 1][0] === year - 1 && known[i - 1][2] === segment ? "L" : "M"}${x(year).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("width", 80); svg.setAttribute("height", 20); svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", runs); path.setAttribute("fill", "none"); path.setAttribute("stroke", "currentColor"); path.setAttribute("stroke-width", 1.5);
    svg.append(path);
    return svg;
  };
  const fill = () => {
    const scores = rows.map((r) => r.score).filter((v) => v != null), low = Math.min(...scores), high = Math.max(...scores);
    const lowest = low - (high - low) * 0.1;
    body.replaceChildren(...sorted().map((r) => {
      const at = picked.indexOf(r.province_id), name = make("button", { type: "button", "aria-pressed": at >= 0, onclick: () => toggle(r.province_id) }, r.name);
      if (at >= 0) name.style.setProperty("--mine", colourOf(at));
      const score = make("td", { class: "cds-number cds-bar" }, r.shown);
      if (r.score != null && high > low) score.style.setProperty("--share", `${(100 * (r.score - lowest)) / (high - lowest)}%`);
      const change = r.change == null ? "–" : r.change > 0 ? `▲ ${r.change}` : r.change < 0 ? `▼ ${-r.change}` : "0";
      return make("tr", { class: at >= 0 ? "cds-mine" : "" }, make("th", { scope: "row" }, name), make("td", {}, r.region),
        make("td", { class: "cds-number" }, r.rank == null ? "–" : r.of ? `${r.rank}/${r.of}` : String(r.rank)), score, make("td", { class: "cds-number" }, change), make("td", {}, spark(r.line)));
    }));
  };
  const head = () => make("tr", {}, ...columns().map(([key, label]) => {
    const cell = make("th", { scope: "col", "aria-sort": key === by ? (down ? "descending" : "ascending") : null });
    if (key === "line") { cell.append(label); return cell; }
    cell.append(make("button", { type: "button", onclick: () => { down = by === key ? !down : ["score", "change"].includes(key); by = key; draw(key); } }, label, make("span", { "aria-hidden": "true" }, key === by ? (down ? " ▼" : " ▲") : "")));
    return cell;
  }));
  const draw = (focused) => {
    body = make("tbody");
    box.replaceChildren(make("table", {}, make("caption", { class: "cds-unseen" }, words.table), make("thead", {}, head()), body));
    fill();
    if (focused) box.querySelectorAll("thead th")[columns().findIndex(([k]) => k === focused)].querySelector("button").focus();
  };
  const copy = () => {
    const lines = [columns().slice(0, 5).map(([, label]) => label), ...sorted().map((r) => [r.name, r.region, r.rank ?? "", r.shown, r.change ?? ""])];
    return lines.map((line) => line.join("\t")).join("\n");
  };
  for (const control of [search, region, only]) control.addEventListener(control === search ? "input" : "change", fill);
  search.addEventListener("keydown", (event) => event.stopPropagation());
  return {
    root, copy,
    menu(said, regions) {
      words = said;
      region.replaceChildren(make("option", { value: "" }, words.all_regions), ...regions.map((r) => make("option", {}, r)));
      region.setAttribute("aria-label", words.region);
      search.setAttribute("aria-label", words.search);
      search.placeholder = words.search;
      box.setAttribute("aria-label", words.table);
      tools.replaceChildren(search, region, make("label", {}, only, ` ${words.only_picked}`));
    },
    show(data, ids, colour) { rows = data; picked = ids; colourOf = colour; draw(); },
    pick(ids) { picked = ids; if (body) fill(); },
  };
}
