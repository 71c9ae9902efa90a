// Draws the charts of this page and connects each to its search box. No network: the libraries are in the page.
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]/g, "");
document.querySelectorAll(".live").forEach((live) => {
  const read = (name) => JSON.parse(live.querySelector(`script.${name}`).textContent);
  const colours = JSON.parse(live.dataset.colours);
  const spec = read("spec"), provinces = read("provinces"), box = live.querySelector("input"), list = live.querySelector(".picked");
  delete spec.$schema;
  live.hidden = false;
  spec.config.axis.labelLimit = Math.min(420, live.clientWidth * 0.42); // on a phone the plot keeps its half
  window.vegaEmbed(live.querySelector(".plot"), spec, { ast: true, actions: false, renderer: "svg", tooltip: { theme: "light" } }).then(({ view }) => {
    const show = (ids) => {
      list.replaceChildren(...ids.map((id, i) => {
        const item = document.createElement("li"), dot = document.createElement("span");
        dot.style.background = colours[i % colours.length];
        item.append(dot, provinces.find((p) => p[0] === id)[1]);
        return item;
      }));
      view.signal("wanted", ids).runAsync();
    };
    const start = view.signal("wanted").filter((id) => provinces.some((p) => p[0] === id));
    show(start);
    box.addEventListener("input", () => {
      const terms = box.value.split(/[,;]/).map(fold).filter(Boolean);
      const found = terms.flatMap((term) => {
        const matches = provinces.filter((p) => p[2].includes(term));
        return matches.filter((p) => fold(p[1]) === term).slice(0, 1).concat(matches).slice(0, 1);
      });
      show(terms.length ? [...new Set(found.map((p) => p[0]))].slice(0, colours.length) : start);
      if (terms.length && !found.length) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: live.dataset.none }));
    });
  });
});
