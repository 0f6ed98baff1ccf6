// What the page knows: the incidents, the filter, and which incidents pass it.
// Nothing here touches the page, but for reading the data that stand in it.

const DATA = JSON.parse(document.getElementById("ui-data").textContent);

/** A phrase in the page's language, with values in place of {name}. */
function say(key, values = {}) {
  const text = Object.hasOwn(DATA.words, key) ? DATA.words[key] : key;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** First or last day of an ISO date that may be a day, a month or a year. */
function edge(date, last) {
  if (!date) return null;
  const [year, month, day] = date.split("-");
  if (day) return date;
  if (!last) return `${year}-${month ?? "01"}-01`;
  const m = month ?? "12";
  const days = new Date(Date.UTC(Number(year), Number(m), 0)).getUTCDate();
  return `${year}-${m}-${String(days).padStart(2, "0")}`;
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

const INCIDENTS = DATA.incidents.map((incident, index) => {
  const p = incident.p;
  const reports = p.sources.map((s) => DATA.reports[s.r]);
  const words = [
    incident.name, p.place, p.place_sq, p.place_sr, p.place_sr_cyrl, p.place_as_written, p.municipality,
    DATA.categories[incident.c].name, p.category, ...(p.actors ?? []), ...(p.claimed_by ?? []),
    ...p.sources.map((s) => s.evidence), ...reports.flatMap((r) => [r.title, r.publisher]),
  ];
  return {
    ...incident,
    index,
    hollow: p.status === "claimed" || p.status === "disputed",
    first: edge(p.date_start ?? p.date_end, false),
    last: edge(p.date_end ?? p.date_start, true),
    text: fold(words.filter(Boolean).join("\n")),
  };
});

const DAYS = INCIDENTS.flatMap((i) => (i.first ? [i.first, i.last] : [])).sort();

/** What is chosen. It stands in the address, so that a link shows the same. */
const state = { search: "", from: "", to: "", status: "", off: new Set(), sort: "date", down: false, open: "" };

/** Whether an incident passes the filter; without `dates`, the period is left aside. */
function passes(i, dates = true) {
  if (state.off.has(i.c)) return false;
  if (state.status && i.p.status !== state.status) return false;
  if (dates && (state.from || state.to)) {
    if (!i.first) return false;
    if (state.from && i.last < state.from) return false;
    if (state.to && i.first > state.to) return false;
  }
  return fold(state.search).split(/\s+/).every((word) => i.text.includes(word));
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function stateToHash() {
  const out = new URLSearchParams();
  if (state.search) out.set("q", state.search);
  if (state.from) out.set("from", state.from);
  if (state.to) out.set("to", state.to);
  if (state.status) out.set("status", state.status);
  if (state.off.size) out.set("not", [...state.off].map((c) => DATA.categories[c].id).sort().join(","));
  if (state.sort !== "date" || state.down) out.set("sort", (state.down ? "-" : "") + state.sort);
  if (state.open) out.set("open", state.open);
  return out.toString();
}

function hashToState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const day = (key) => (DAY.test(given.get(key) ?? "") ? given.get(key) : "");
  const ids = (given.get("not") ?? "").split(",");
  const sort = given.get("sort") ?? "date";
  state.search = (given.get("q") ?? "").slice(0, 200);
  state.from = day("from");
  state.to = day("to");
  state.status = ["reported", "claimed", "disputed"].find((s) => s === given.get("status")) ?? "";
  state.off = new Set(DATA.categories.flatMap((c, n) => (ids.includes(c.id) ? [n] : [])));
  state.down = sort.startsWith("-");
  state.sort = sort.replace("-", "");
  state.open = INCIDENTS.find((i) => i.id === given.get("open"))?.id ?? "";
}

/** An incident as the Feature that stands in incidents.geojson. */
function feature(incident) {
  const sources = incident.p.sources.map((source) => {
    const { r, ...rest } = source;
    const { day, ...report } = DATA.reports[r];
    if (rest.coded && "geometry" in rest.coded) {
      rest.coded = { ...rest.coded, geometry: DATA.shapes[rest.coded.geometry] };
    }
    return { ...report, ...rest };
  });
  const properties = { ...DATA.blank, ...incident.p, sources };
  return { type: "Feature", id: incident.id, geometry: DATA.shapes[incident.g], properties };
}

/** The incidents as a collection, one Feature a line. */
function geojson(incidents) {
  const lines = incidents.map((i) => JSON.stringify(feature(i)));
  return `{"type":"FeatureCollection",\n"adminline":${JSON.stringify(DATA.stamp)},\n"features":[\n${lines.join(",\n")}\n]}\n`;
}

/** An element with attributes and children; text becomes text, never markup. */
function element(name, attributes = {}, ...children) {
  const svg = SVG_NAMES.has(name);
  const out = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) out.setAttribute(key, value);
  }
  out.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return out;
}

const SVG_NAMES = new Set(["svg", "g", "path", "circle", "rect", "use", "text", "line"]);

const byId = (id) => document.getElementById(`ui-${id}`);

/** A category's symbol as a small picture. */
function symbol(category, hollow = false, size = 18) {
  const use = element("use", { href: `#s-${DATA.categories[category].id}${hollow ? "-hollow" : ""}` });
  return element("svg", { viewBox: "-10 -10 20 20", width: size, height: size, "aria-hidden": "true", class: "symbol" }, use);
}
