"use strict";
(() => {
  const known = JSON.parse(document.getElementById("found").textContent);
  const by = (id) => document.getElementById(id);

  // ---- the search: names without accents, whole or by the beginnings of their words
  const words = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().match(/[a-z0-9]+(?:\.[0-9]+)*/g) || [];
  const tight = (list) => list.join("").replaceAll(".", "");
  const things = known.entries.map(([kind, name, hint, href, names]) => ({
    kind, name, hint, href, isMinor: href.startsWith("#indicator-"), // there are many: by part of a name they come last
    names: names.split("|").map((one) => { const parts = one.split(" "); return { parts, tight: tight(parts) }; }),
  }));
  const common = new Set(known.common);

  function fit(thing, wanted, whole) {
    let best = 0;
    for (const { parts, tight } of thing.names) {
      if (tight === whole) return 100;
      if (tight.startsWith(whole)) best = Math.max(best, 80 - Math.min(20, (tight.length - whole.length) / 2));
      else if (wanted.every((w) => parts.some((p) => p.startsWith(w)))) best = Math.max(best, 55 - Math.min(15, parts.length - wanted.length));
      else if (whole.length > 2 && tight.includes(whole)) best = Math.max(best, 30);
    }
    if (!best && wanted.every((w) => thing.names.some(({ parts }) => parts.some((p) => p.startsWith(w))))) best = 20;
    return thing.isMinor ? best / 2 : best;
  }

  // How many slips of the finger lie between two words, counted up to `most`: a letter more, less, other, or two swapped.
  function apart(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [], row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      before = row; row = next;
    }
    return row[b.length];
  }

  function find(text) {
    const all = words(text);
    if (!all.length) return [];
    const ranked = (wanted) => {
      const whole = tight(wanted);
      return things.map((thing, i) => ({ thing, i, fit: fit(thing, wanted, whole) })).filter((x) => x.fit).sort((a, b) => b.fit - a.fit || a.i - b.i).map((x) => x.thing);
    };
    const telling = all.filter((w) => !common.has(w));
    const found = ranked(all);
    if (found.length) return found;
    if (telling.length && telling.length < all.length) { const fewer = ranked(telling); if (fewer.length) return fewer; }
    const whole = tight(all), most = whole.length < 8 ? 1 : 2;
    if (whole.length < 4) return [];
    return things.map((thing, i) => ({ thing, i, far: Math.min(...thing.names.map((n) => apart(whole, n.tight, most))) })).filter((x) => x.far <= most).sort((a, b) => a.far - b.far || a.i - b.i).map((x) => x.thing);
  }

  const box = by("q"), list = by("hits"), drop = list.parentElement, nothing = drop.querySelector(".nothing"), status = document.querySelector(".q [role=status]");
  let hits = [], at = -1;

  function choose(i) {
    at = i;
    [...list.children].forEach((li, k) => li.setAttribute("aria-selected", String(k === i)));
    if (i < 0) box.removeAttribute("aria-activedescendant");
    else { box.setAttribute("aria-activedescendant", `hit-${i}`); list.children[i].scrollIntoView({ block: "nearest" }); }
  }
  function show() {
    const asked = box.value.trim(), is = asked !== "";
    hits = is ? find(asked).slice(0, known.most) : [];
    list.replaceChildren(...hits.map((hit, i) => {
      const li = document.createElement("li"), kind = document.createElement("small"), name = document.createElement("span");
      li.id = `hit-${i}`; li.role = "option"; name.textContent = hit.name; kind.textContent = hit.kind;
      li.append(name, kind);
      if (hit.hint) { const hint = document.createElement("small"); hint.className = "hint"; hint.textContent = hit.hint; li.append(hint); }
      li.addEventListener("mousedown", (event) => event.preventDefault());
      li.addEventListener("click", () => open(hit));
      return li;
    }));
    list.hidden = !hits.length;
    nothing.hidden = !is || hits.length > 0;
    nothing.textContent = nothing.hidden ? "" : known.said.nothing.replace("{q}", asked);
    drop.hidden = !is;
    box.setAttribute("aria-expanded", String(hits.length > 0));
    status.textContent = !is ? "" : hits.length ? known.said.hits.replace("{n}", hits.length) : nothing.textContent;
    choose(-1);
  }
  function close() { drop.hidden = true; box.setAttribute("aria-expanded", "false"); choose(-1); }
  function open(hit) {
    close();
    if (!hit.href.startsWith("#")) { location.href = hit.href; return; }
    if (location.hash === hit.href) follow(); else location.hash = hit.href;
  }
  box.addEventListener("input", show);
  box.addEventListener("focus", () => { if (box.value.trim()) show(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !drop.hidden) { event.preventDefault(); close(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !hits.length) return;
    event.preventDefault();
    if (drop.hidden) show();
    choose((at + step + hits.length + (at < 0 && step < 0)) % hits.length);
  });
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!hits.length || drop.hidden) show();
    if (hits.length) open(hits[Math.max(at, 0)]); else box.focus();
  });

  // ---- the map: another index on the same tiles
  function draw(id) {
    const map = known.maps.find((one) => one.id === id);
    if (!map) return false;
    by("map-heading").textContent = map.heading;
    by("map-sub").textContent = map.sub;
    by("map-legend").textContent = map.legend;
    by("map-note").textContent = map.note;
    by("map-cuts").replaceChildren(...map.cuts.map((cut) => { const span = document.createElement("span"); span.textContent = cut; return span; }));
    for (const [province, [level, rank, said]] of Object.entries(map.tiles)) {
      const tile = by(`tile-${province}`);
      tile.className = `tile q${level ?? "-none"}`;
      tile.lastElementChild.textContent = rank;
      tile.title = said;
    }
    const radio = document.querySelector(`.switch input[value="${id}"]`);
    if (radio) radio.checked = true;
    return true;
  }
  for (const radio of document.querySelectorAll(".switch input")) radio.addEventListener("change", () => draw(radio.value));

  // ---- what the address names: an index on the map, or a card
  function follow() {
    const id = decodeURIComponent(location.hash.slice(1)), target = id && by(id);
    if (id.startsWith("map-") && draw(id.slice(4))) by("map").scrollIntoView();
    else if (target) {
      if (target.matches("#pages")) target.querySelector("details").open = true;
      target.scrollIntoView();
      if (target.matches(".card")) target.focus({ preventScroll: true });
    }
  }
  window.addEventListener("hashchange", follow);
  for (const link of document.querySelectorAll(".seg a:not([aria-current])")) link.addEventListener("click", () => { link.hash = location.hash; });
  if (location.hash) follow();
})();
