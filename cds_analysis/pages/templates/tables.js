// Lets a reader sort a long table by a click on its heading, and search it with or without accents.
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
const amount = (text) => { const found = (text.match(/[-−]?\d[\d.,]*/) ?? [""])[0].replace("−", "-"); return document.documentElement.lang === "vi" ? parseFloat(found.replace(/\./g, "").replace(",", ".")) : parseFloat(found.replace(/,/g, "")); };
document.querySelectorAll(".tabled.long").forEach((box) => {
  const body = box.querySelector("tbody"), rows = [...body.rows], input = Object.assign(document.createElement("input"), { type: "search" });
  input.placeholder = box.dataset.search;
  input.setAttribute("aria-label", box.dataset.search);
  box.prepend(input);
  input.addEventListener("input", () => rows.forEach((row) => { row.hidden = !plain(row.textContent).includes(plain(input.value)); }));
  box.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending", isNumber = ["n", "gt_right"].some((name) => head.classList.contains(name));
      box.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent;
      const order = isNumber ? (a, b) => (amount(text(a)) || 0) - (amount(text(b)) || 0) : (a, b) => text(a).localeCompare(text(b), document.documentElement.lang);
      body.append(...[...rows].sort((a, b) => (down ? -order(a, b) : order(a, b))));
    });
  });
});
