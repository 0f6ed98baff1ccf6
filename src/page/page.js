// Puts the parts together: filters in, everything drawn anew, address kept.

const shownNow = () => INCIDENTS.filter((i) => passes(i));

/** Draws everything for the state as it is, and writes it into the address. */
function changed() {
  const shown = shownNow();
  drawMap(shown);
  drawTimeline();
  drawTable(shown);
  drawFilters(shown);
  const hash = stateToHash();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function drawFilters(shown) {
  for (const key of ["search", "from", "to", "status"]) {
    const input = byId(key);
    if (document.activeElement !== input || key === "status") input.value = state[key];
  }
  const counts = new Map();
  for (const i of INCIDENTS) {
    if (passes({ ...i, c: -1 })) counts.set(i.c, (counts.get(i.c) ?? 0) + 1);
  }
  for (const box of document.querySelectorAll("#ui-categories input")) {
    const c = Number(box.value);
    box.checked = !state.off.has(c);
    box.parentNode.querySelector("small").textContent = counts.get(c) ?? 0;
  }
  const sum = (key) => shown.reduce((n, i) => n + (i.p[key] ?? 0), 0);
  const outside = shown.filter((i) => !i.at || i.at[0] < LEFT || i.at[0] > LEFT + WIDTH || i.at[1] < TOP || i.at[1] > TOP + HEIGHT).length;
  const parts = [say("shown", { n: shown.length, all: INCIDENTS.length })];
  if (outside) parts.push(say("outside", { n: outside }));
  for (const [key, word] of [["fatalities", "killed"], ["injured", "injured"], ["arrested", "arrested"]]) {
    if (sum(key)) parts.push(`${say(word)}: ${sum(key)}`);
  }
  if (state.from || state.to) parts.push(`${state.from || "…"} – ${state.to || "…"}`);
  byId("shown").textContent = parts.join(" · ");
}

function startFilters() {
  const present = new Set(INCIDENTS.map((i) => i.c));
  for (const c of [...present].sort((a, b) => a - b)) {
    const box = element("input", { type: "checkbox", value: c });
    box.addEventListener("change", () => {
      if (box.checked) state.off.delete(c);
      else state.off.add(c);
      changed();
    });
    byId("categories").append(element("label", {}, box, symbol(c), element("span", {}, DATA.categories[c].name), element("small")));
  }
  byId("all").addEventListener("click", () => { state.off.clear(); changed(); });
  byId("none").addEventListener("click", () => { state.off = new Set(present); changed(); });
  for (const key of ["search", "from", "to", "status"]) {
    byId(key).addEventListener("input", () => {
      const value = byId(key).value;
      if ((key === "from" || key === "to") && value && !DAY.test(value)) return;
      state[key] = value;
      changed();
    });
  }
  // On a phone the map comes first.
  byId("fold").open = !matchMedia("(max-width: 800px)").matches;
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => {
    Object.assign(state, { search: "", from: "", to: "", status: "", off: new Set() });
    changed();
  });
}

function startTools() {
  byId("download").addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([geojson(shownNow())], { type: "application/geo+json" }));
    element("a", { href: url, download: "incidents.geojson" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  });
  byId("print").addEventListener("click", () => print());
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("table-title").focus();
    byId("table-title").scrollIntoView();
  });
  byId("made").textContent = say("made-by", { version: DATA.stamp.version });
}

function showState() {
  hashToState();
  if (state.open) openIncident(state.open);
  else closePanel(false);
  changed();
}

// Without this class the page shows the map as it was drawn, with its own legend.
document.documentElement.classList.add("js");
startMap();
startTimeline();
startTable();
startFilters();
startEvidence();
startTools();
showState();
addEventListener("hashchange", showState);
