// Draws one live chart into an element of the page: in the explorer (a module) and in reports (a plain script) alike.
// `figure` is {spec, data, params, dark}; the specification knows neither rows nor picks, so a figure of the same
// kind only swaps rows. Needs window.vegaEmbed. No network.
async function cdsDraw(host, figure, { picked = [], dark = false, onPick = () => {} } = {}) {
  let shown = figure, ids = picked, isDark = dark, view = null, width = 0;

  const most = () => Math.round(host.clientWidth * 0.42); // of what stands at either side of the plot
  const sides = (spec) => { // columns at the right: one for each province picked, or none where they do not fit
    const { right, column = 0 } = spec.usermeta.room;
    return column > 0 && ids.length <= 6 && right + column * ids.length <= most();
  };
  const room = (spec) => {
    const { left, right, column = 0, ...others } = spec.usermeta.room;
    const wide = !column ? right : sides(spec) ? right + column * ids.length : 20;
    return { ...others, left: Math.min(left, most()), right: Math.min(wide, most()) };
  };
  const plotWidth = (spec) => Math.max(120, host.clientWidth - room(spec).left - room(spec).right);
  const values = (of) => ({ ...of.light, ...(isDark ? of.dark : {}), ...of.params, label_limit: room(of.spec).left - 16, sides: sides(of.spec) });
  const fit = () => { // the plot takes what its labels leave
    const padding = room(shown.spec), now = plotWidth(shown.spec);
    if (now === width) return;
    width = now;
    view.padding(padding).width(now).signal("label_limit", padding.left - 16).signal("sides", sides(shown.spec));
  };
  const unit = () => shown.spec.params.find((p) => p.name === "pick").views[0];
  const tuples = () => ids.map((id) => ({ unit: unit(), fields: view.signal("pick_tuple_fields"), values: [id] }));
  const set = (now) => {
    for (const [name, value] of Object.entries(values(now))) view.signal(name, value);
    const used = new Set([now.spec.data.name, ...now.spec.layer.map((layer) => layer.data?.name)]);
    for (const [name, rows] of Object.entries(now.data)) if (used.has(name)) view.data(name, rows.map((row) => ({ ...row })));
    view.data("pick_store", tuples());
    fit();
  };
  const filled = (of) => {
    const given = values(of), params = of.spec.params.map((p) =>
      p.name in given ? { ...p, value: given[p.name] } : p.name === "pick" && ids.length ? { ...p, value: ids.map((id) => ({ province_id: id })) } : p);
    return { ...of.spec, params, datasets: of.data };
  };

  async function embed() {
    view?.finalize();
    width = plotWidth(shown.spec);
    const spec = { ...filled(shown), width, padding: room(shown.spec), autosize: { type: "none" }, background: "transparent" };
    delete spec.$schema;
    delete spec.title;
    const made = await window.vegaEmbed(host, spec, { actions: false, ast: true, logLevel: 1, renderer: "svg", tooltip: { theme: isDark ? "dark" : "light", disableDefaultStyle: false } });
    view = made.view;
    view.addDataListener("pick_store", (_, rows) => {
      const now = rows.map((row) => row.values[0]);
      if (now.join("+") === ids.join("+")) return;
      ids = now;
      fit();
      onPick(now);
      view.runAsync();
    });
    await view.runAsync();
    host.querySelector("svg").setAttribute("aria-hidden", "true"); // the text that tells it stands at the element around
  }

  await embed();
  new ResizeObserver(() => {
    if (!view || !host.clientWidth) return;
    fit();
    view.runAsync();
  }).observe(host);
  return {
    get view() { return view; },
    get picked() { return ids; },
    async update(now, picks = ids) {
      const same = now.id === shown.id;
      shown = now;
      ids = picks;
      if (!same) return embed();
      set(now);
      await view.runAsync();
    },
    async pick(picks) {
      if (picks.join("+") === ids.join("+")) return;
      ids = picks;
      view.data("pick_store", tuples());
      fit();
      await view.runAsync();
    },
    async look(dark) {
      if (dark === isDark) return;
      isDark = dark;
      await embed();
    },
    // A picture that leaves the page: on white, with title and source in it.
    async picture(kind, scale = 2) {
      const apart = Object.assign(document.createElement("div"), { style: "position:absolute;left:-9999px" });
      document.body.append(apart);
      const before = isDark;
      isDark = false;
      const spec = { ...filled(shown), width: 720, title: shown.heading, background: "white" };
      isDark = before;
      delete spec.$schema;
      const made = await window.vegaEmbed(apart, spec, { actions: false, ast: true, logLevel: 1, renderer: "svg" });
      const address = await made.view.toImageURL(kind, scale);
      made.finalize();
      apart.remove();
      return address;
    },
  };
}
