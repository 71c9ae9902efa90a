// Draws the live charts of this page and links them: a province found by name or clicked is picked in all of them.
// No network: the libraries and cdsDraw are in the page.
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]/g, "");
const dark = window.matchMedia("(prefers-color-scheme: dark)"), charts = [];
const pickInAll = (ids) => charts.forEach((chart) => chart.show(ids));
document.querySelectorAll(".live").forEach(async (live) => {
  const read = (name) => JSON.parse(live.querySelector(`script.${name}`).textContent);
  const colours = JSON.parse(live.dataset.colours), look = JSON.parse(live.dataset.dark);
  const spec = read("spec"), provinces = read("provinces"), box = live.querySelector("input"), list = live.querySelector(".picked");
  const light = Object.fromEntries(spec.params.filter((p) => p.name in look).map((p) => [p.name, p.value]));
  const start = (spec.params.find((p) => p.name === "pick").value ?? []).map((p) => p.province_id);
  live.hidden = false;
  const figure = { id: live.dataset.name, spec, data: spec.datasets, params: {}, light, dark: look };
  const drawn = await cdsDraw(live.querySelector(".plot"), figure, { picked: start, dark: dark.matches, onPick: pickInAll });
  const show = (ids) => {
    const known = ids.filter((id) => provinces.some((p) => p[0] === id));
    list.replaceChildren(...known.map((id) => {
      const item = document.createElement("li"), dot = document.createElement("span"), slot = ids.indexOf(id);
      dot.style.background = ids.length > colours.length ? light.strong : colours[slot];
      item.append(dot, provinces.find((p) => p[0] === id)[1]);
      return item;
    }));
    return drawn.pick(ids);
  };
  charts.push({ show });
  show(start);
  dark.addEventListener("change", () => drawn.look(dark.matches));
  live.addEventListener("keydown", (event) => event.key === "Escape" && (box.value = "", pickInAll([])));
  box.addEventListener("input", () => {
    const terms = box.value.split(/[,;]/).map(fold).filter(Boolean);
    const found = terms.flatMap((term) => {
      const matches = provinces.filter((p) => p[2].includes(term));
      return matches.filter((p) => fold(p[1]) === term).slice(0, 1).concat(matches).slice(0, 1);
    });
    pickInAll(terms.length ? [...new Set(found.map((p) => p[0]))] : start);
    if (terms.length && !found.length) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: live.dataset.none }));
  });
});
