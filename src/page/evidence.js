// The panel: all that is known of an incident, and the words of every source.

const panel = byId("panel");
let opener = null;

/** Sentence as text, with the words for place and date marked where they stand. */
function quoted(source) {
  const text = source.evidence;
  const spans = [["place", source.place_text], ["date", source.date_text]]
    .flatMap(([kind, words]) => {
      const at = words ? text.indexOf(words) : -1;
      return at < 0 ? [] : [{ kind, at, end: at + words.length }];
    })
    .sort((a, b) => a.at - b.at);
  const out = [];
  let done = 0;
  for (const { kind, at, end } of spans) {
    if (at < done) continue;
    out.push(text.slice(done, at), element("mark", { class: kind, title: say(kind) }, text.slice(at, end)));
    done = end;
  }
  return [...out, text.slice(done)];
}

/** A link only to the web: no other scheme can be opened from here. */
function address(url) {
  if (!url) return null;
  if (!/^https?:\/\//i.test(url)) return element("span", { class: "url" }, url);
  return element("a", { class: "url", href: url, rel: "noopener noreferrer nofollow", target: "_blank" }, url);
}

function figure(p, key) {
  if (p[key] === undefined || p[key] === null) return null;
  const low = p[`${key}_low`] ?? p[key];
  const high = p[`${key}_high`] ?? p[key];
  return low === high ? String(p[key]) : `${p[key]} (${say("range", { low, high })})`;
}

/** Terms and what they are; those without a value are left out. */
function facts(pairs) {
  const rows = pairs.filter(([, value]) => value).flatMap(([key, value]) => [element("dt", {}, say(key)), element("dd", {}, value)]);
  return element("dl", {}, ...rows);
}

function sourceBlock(source) {
  const report = DATA.reports[source.r];
  const differs = Object.entries(source.coded ?? {})
    .filter(([key]) => !["geometry", "lat", "lon"].includes(key))
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(", ") : value ?? "–"}`);
  return element("article", {},
    element("blockquote", { lang: report.lang }, ...quoted(source)),
    element("p", { class: "from" }, element("cite", { lang: report.lang }, report.title || report.report)),
    element("p", { class: "from" }, [report.publisher, report.day, report.lang, `${say("report")} ${report.report}`].filter(Boolean).join(" · ")),
    element("p", { class: "from" }, address(report.url)),
    differs.length ? element("details", {}, element("summary", {}, say("differs")), element("p", { class: "from" }, differs.join("; "))) : null,
  );
}

function incidentBody(i) {
  const p = i.p;
  const names = [...new Set([p.place_sq, p.place_sr, p.place_sr_cyrl, p.place].filter(Boolean))];
  const where = p.lat !== undefined && p.lon !== undefined ? `${p.lat}° N, ${p.lon}° E` : null;
  const metres = p.radius_m >= 1000 ? `${Math.round(p.radius_m / 100) / 10} km` : `${p.radius_m} m`;
  return [
    element("p", { class: "what" }, symbol(i.c, i.hollow, 22), `${DATA.categories[i.c].name} · ${i.when}`),
    facts([
      ["status", p.status ? say(p.status) : null],
      ["action", p.action ? say(p.action) : null],
      ["killed", figure(p, "fatalities")], ["injured", figure(p, "injured")],
      ["arrested", figure(p, "arrested")], ["troops", figure(p, "troops")],
      ["actors", (p.actors ?? []).join(", ")],
      ["claimed-by", (p.claimed_by ?? []).join(", ")], ["denied-by", (p.denied_by ?? []).join(", ")],
      ["names", names.join(" · ")], ["as-written", p.place_as_written], ["municipality", p.municipality],
      ["coordinates", where], ["radius-name", p.radius_m ? `± ${metres}` : null],
      ["confidence", p.confidence === undefined ? null : `${Math.round(p.confidence * 100)} %`],
    ]),
    element("h3", {}, `${say("sources")} (${p.sources.length})`),
    ...p.sources.map(sourceBlock),
  ];
}

function showPanel(title, children) {
  byId("panel-title").textContent = title;
  byId("panel-body").replaceChildren(...children);
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("open");
}

/** Opens an incident; closing goes back to where it was opened from. */
function openIncident(id, from) {
  const incident = INCIDENTS.find((i) => i.id === id);
  if (!incident) return;
  if (from) opener = { id, mark: from.closest(".marks") !== null };
  state.open = id;
  showPanel(incident.name || say("evidence"), incidentBody(incident));
  for (const name of ["previous", "next"]) byId(name).hidden = false;
  lookAt(incident);
  changed();
  if (from) byId("panel-title").focus();
}

/** Opens what a symbol stands for: the incident, or a list of them. */
function openSpot(spot, from) {
  if (spot.incidents.length === 1) {
    openIncident(spot.incidents[0].id, from);
    return;
  }
  opener = { id: "", mark: true };
  state.open = "";
  const list = sorted(spot.incidents).map((i) => {
    const button = element("button", { type: "button" }, symbol(i.c, i.hollow), element("span", {}, `${DATA.categories[i.c].name}, ${i.name}`), element("small", {}, i.when));
    button.addEventListener("click", () => openIncident(i.id, button));
    return element("li", {}, button);
  });
  showPanel(say("here", { n: spot.incidents.length }), [element("ul", { class: "list" }, ...list)]);
  for (const name of ["previous", "next"]) byId(name).hidden = true;
  changed();
  byId("panel-title").focus();
}

function closePanel(back = true) {
  if (panel.hidden) return;
  const id = state.open;
  state.open = "";
  panel.hidden = true;
  document.body.classList.remove("open");
  changed();
  if (!back) return;
  const rows = [...byId("table").tBodies[0].rows];
  const row = rows.findIndex((r) => r.getAttribute("data-id") === id);
  if (opener?.mark) spots[current]?.mark.focus({ preventScroll: true });
  else if (row >= 0) focusRow(row);
}

/** Goes to the incident before or after the open one, in the order of the table. */
function step(by) {
  const rows = sorted(shownNow());
  const at = rows.findIndex((i) => i.id === state.open);
  const to = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  if (to) openIncident(to.id);
}

function startEvidence() {
  byId("close").addEventListener("click", () => closePanel());
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      closePanel();
    }
  });
}
