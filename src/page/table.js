// The table: sorted by any column, walked through with the arrow keys.

const STEP = 300;
let room = STEP;
let rowAt = 0;

const number = (key) => ({ value: (i) => i.p[key] ?? -1, show: (i) => [i.p[key] ?? ""], number: true });
const COLUMNS = {
  date: { value: (i) => i.first ?? "9999", show: (i) => [i.when] },
  category: { value: (i) => i.c, show: (i) => [symbol(i.c, i.hollow), DATA.categories[i.c].name] },
  place: { value: (i) => fold(i.name), show: (i) => [i.name] },
  municipality: { value: (i) => fold(i.p.municipality ?? "\uffff"), show: (i) => [i.p.municipality ?? ""] },
  killed: number("fatalities"),
  injured: number("injured"),
  arrested: number("arrested"),
  status: { value: (i) => i.p.status ?? "", show: (i) => [i.p.status ? say(i.p.status) : ""] },
  sources: { value: (i) => i.p.source_count, show: (i) => [i.p.source_count], number: true },
};

function sorted(incidents) {
  const { value } = Object.hasOwn(COLUMNS, state.sort) ? COLUMNS[state.sort] : COLUMNS.date;
  const sign = state.down ? -1 : 1;
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...incidents].sort((a, b) => sign * order(value(a), value(b)) || a.index - b.index);
}

function drawTable(shown) {
  const rows = sorted(shown);
  rowAt = Math.max(0, Math.min(rowAt, rows.length - 1));
  const body = byId("table").tBodies[0];
  body.replaceChildren(...rows.slice(0, room).map((i, n) => {
    const cells = Object.entries(COLUMNS).map(([key, column]) =>
      element("td", { class: column.number ? "number" : key, "data-label": say(key) }, ...column.show(i).map((part) => (part instanceof Node ? part : String(part)))));
    return element("tr", { tabindex: n === rowAt ? 0 : -1, "data-id": i.id, "aria-selected": i.id === state.open }, ...cells);
  }));
  byId("nothing").hidden = rows.length > 0;
  byId("more").hidden = rows.length <= room;
  byId("more").textContent = say("more", { n: Math.min(STEP, rows.length - room) });
  for (const head of byId("table").tHead.rows[0].cells) {
    const key = head.getAttribute("data-key");
    head.setAttribute("aria-sort", key !== state.sort ? "none" : state.down ? "descending" : "ascending");
  }
}

function focusRow(n) {
  const rows = byId("table").tBodies[0].rows;
  if (!rows.length) return;
  rows[rowAt]?.setAttribute("tabindex", -1);
  rowAt = Math.max(0, Math.min(rows.length - 1, n));
  rows[rowAt].setAttribute("tabindex", 0);
  rows[rowAt].focus();
}

function startTable() {
  for (const [key, column] of Object.entries(COLUMNS)) {
    const button = element("button", { type: "button" }, say(key));
    button.addEventListener("click", () => {
      // Figures are wanted with the largest first.
      const down = key === state.sort ? !state.down : Boolean(column.number);
      Object.assign(state, { sort: key, down });
      changed();
    });
    byId("table").tHead.rows[0].append(element("th", { scope: "col", "data-key": key, class: column.number ? "number" : key }, button));
  }
  const body = byId("table").tBodies[0];
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row || String(getSelection())) return;
    focusRow(row.sectionRowIndex);
    openIncident(row.getAttribute("data-id"), row);
  });
  body.addEventListener("keydown", (event) => {
    const to = { ArrowDown: rowAt + 1, ArrowUp: rowAt - 1, PageDown: rowAt + 10, PageUp: rowAt - 10, Home: 0, End: Infinity }[event.key];
    if (to !== undefined) focusRow(to);
    else if (event.key === "Enter" || event.key === " ") openIncident(event.target.getAttribute("data-id"), event.target);
    else return;
    event.preventDefault();
  });
  byId("more").addEventListener("click", () => {
    room += STEP;
    drawTable(shownNow());
  });
}
