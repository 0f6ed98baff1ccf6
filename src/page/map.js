// The map: the drawing below, a layer of symbols upon it, moving and zooming.

const MAX_ZOOM = 24;
const view = byId("view");
const base = view.querySelector("svg");
const [LEFT, TOP, WIDTH, HEIGHT] = DATA.map.frame;
const marks = element("svg", { class: "marks", role: "group", "aria-label": say("marks") });
const camera = { zoom: 1, x: LEFT + WIDTH / 2, y: TOP + HEIGHT / 2 };
let spots = [];
const labels = [];
/** Places that have incidents, whether these are shown or not. */
const PLACES = [...new Map(INCIDENTS.filter((i) => i.at && i.p.extent === "point").map((i) => [i.name, { name: i.name, x: i.at[0], y: i.at[1] }])).values()];
let current = 0;

/** Screen pixels a pixel of the sheet. */
const scale = () => (base.clientWidth / WIDTH || 1) * camera.zoom;

/** Marks of towns and crossings, with their middles. */
const towns = [];
function gatherTowns() {
  for (const part of base.querySelectorAll("#towns > *")) {
    const box = part.getBBox();
    towns.push([part, box.x + box.width / 2, box.y + box.height / 2]);
  }
}

/** Names of the base map, the important ones first: the lines of a name move and
    shrink together, about the dot that they name. */
function gatherLabels() {
  const dots = [...base.querySelectorAll("#towns circle")].map((c) => [Number(c.getAttribute("cx")), Number(c.getAttribute("cy"))]);
  for (const text of base.querySelectorAll("#labels > text")) {
    if (text.querySelector("textPath")) continue;
    const box = text.getBBox();
    const last = labels.at(-1);
    const same = last && text.getAttribute("x") === last.x && Math.abs(box.y - last.y) < box.height * 1.2 && !text.hasAttribute("transform");
    if (same) {
      last.texts.push(text);
      last.y = box.y;
      last.bottom = Math.max(last.bottom, box.y + box.height);
      last.right = Math.max(last.right, box.x + box.width);
      last.left = Math.min(last.left, box.x);
    } else {
      labels.push({
        x: text.getAttribute("x"), y: box.y, texts: [text], turned: text.hasAttribute("transform"),
        left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height,
      });
    }
  }
  for (const label of labels) {
    label.group = element("g");
    label.texts[0].before(label.group);
    label.group.append(...label.texts);
    label.about = [(label.left + label.right) / 2, (label.top + label.bottom) / 2];
    let reach = 14;
    for (const [x, y] of label.turned ? [] : dots) {
      const away = Math.hypot(Math.max(label.left - x, 0, x - label.right), Math.max(label.top - y, 0, y - label.bottom));
      if (away < reach) {
        reach = away;
        label.about = [x, y];
      }
    }
  }
}

const overlaps = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** The name that most of a spot's incidents have, as lines, with a sign that there
    are others when it is not many; none where it is mixed. */
function nameOf(spot) {
  const counts = new Map();
  for (const i of spot.incidents) counts.set(i.name, (counts.get(i.name) ?? 0) + 1);
  const [name, n] = [...counts].sort((a, b) => b[1] - a[1])[0];
  const share = n / spot.incidents.length;
  if (!name || share < 0.4) return [];
  return (share < 0.6 ? `${name} …` : name).split(" / ");
}

/** Draws names at a readable size, as many as there is room for: first those of
    places with incidents, then those of the base map. Boxes are in pixels of the
    sheet, sizes in pixels of the screen. */
function placeLabels() {
  const k = scale();
  const taken = spots.map((s) => [s.x - s.r / k, s.y - s.r / k, s.x + s.r / k, s.y + s.r / k]);
  const names = element("g", { class: "names" });
  const quiet = PLACES.filter((place) => !spots.some((s) => s.incidents.some((i) => i.name === place.name)));
  for (const spot of [...spots, ...quiet]) {
    const lines = spot.incidents ? nameOf(spot) : spot.name.split(" / ");
    if (!lines.length) continue;
    const w = (Math.max(...lines.map((l) => l.length)) * 7 + 2) / k;
    const h = (lines.length * 13) / k;
    const r = ((spot.r ?? 3) + (spot.badge ? 8 : 3)) / k;
    const { x, y } = spot;
    const spaces = [[x + r, y - h / 2, "start"], [x - r - w, y - h / 2, "end"], [x - w / 2, y - r - h, "middle"], [x - w / 2, y + r, "middle"]];
    const free = spaces.find(([l, t]) => l > LEFT && l + w < LEFT + WIDTH && !taken.some((b) => overlaps(b, [l, t, l + w, t + h])));
    if (!free) continue;
    const [l, t, anchor] = free;
    taken.push([l, t, l + w, t + h]);
    const at = { start: l, end: l + w, middle: l + w / 2 }[anchor];
    const words = element("g", { transform: `translate(${at} ${t}) scale(${1 / k})`, class: spot.incidents ? "" : "quiet" });
    lines.forEach((line, n) => words.append(element("text", { y: 10.5 + n * 13, "text-anchor": anchor, class: n ? "second" : "" }, line)));
    if (!spot.incidents) names.append(element("circle", { cx: x, cy: y, r: 2.4 / k, class: "dot" }));
    names.append(words);
  }
  marks.querySelector(".names")?.remove();
  marks.prepend(names);

  const size = Math.max(1, Math.min(1.15, k)) / k;
  for (const label of labels) {
    const [ax, ay] = label.about;
    const box = [ax + (label.left - ax) * size, ay + (label.top - ay) * size, ax + (label.right - ax) * size, ay + (label.bottom - ay) * size];
    const inside = box[0] > LEFT && box[2] < LEFT + WIDTH && box[1] > TOP && box[3] < TOP + HEIGHT;
    const shown = inside && !taken.some((t) => overlaps(t, box));
    label.group.style.display = shown ? "" : "none";
    if (!shown) continue;
    taken.push(box);
    label.group.setAttribute("transform", `translate(${ax} ${ay}) scale(${size}) translate(${-ax} ${-ay})`);
  }
}

/** Incidents that stand so near each other that one symbol stands for them. */
function gatherSpots(shown) {
  const near = 30 / scale();
  const cells = new Map();
  const found = [];
  for (const i of shown) {
    if (!i.at) continue;
    const [x, y] = i.at;
    if (x < LEFT || x > LEFT + WIDTH || y < TOP || y > TOP + HEIGHT) continue;
    const cx = Math.floor(x / near);
    const cy = Math.floor(y / near);
    let home = null;
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const spot of cells.get(`${cx + dx},${cy + dy}`) ?? []) {
          if (!home && Math.hypot(spot.x - x, spot.y - y) < near) home = spot;
        }
      }
    }
    if (!home) {
      home = { x, y, incidents: [] };
      found.push(home);
      const key = `${cx},${cy}`;
      cells.set(key, [...(cells.get(key) ?? []), home]);
    }
    home.incidents.push(i);
  }
  for (const spot of found) {
    spot.badge = spot.incidents.length > 1 && spot.incidents.every((i) => i.c === spot.incidents[0].c);
    spot.r = spot.incidents.length === 1 ? 10 : 11 + 1.6 * Math.log2(spot.incidents.length);
  }
  return found.sort((a, b) => b.incidents.length - a.incidents.length || a.x - b.x || a.y - b.y);
}

/** A slice of a ring, as path data. */
function slice(from, to, inner, outer) {
  const at = (turn, r) => `${(r * Math.sin(turn * 2 * Math.PI)).toFixed(2)} ${(-r * Math.cos(turn * 2 * Math.PI)).toFixed(2)}`;
  const end = Math.min(to, from + 0.9999);
  const large = end - from > 0.5 ? 1 : 0;
  return `M${at(from, outer)}A${outer} ${outer} 0 ${large} 1 ${at(end, outer)}L${at(end, inner)}A${inner} ${inner} 0 ${large} 0 ${at(from, inner)}Z`;
}

/** The symbol of a spot: a category's own, with a number where there are several,
    or a ring of the categories' shares. */
function drawSpot(spot, number) {
  const counts = new Map();
  for (const i of spot.incidents) counts.set(i.c, (counts.get(i.c) ?? 0) + 1);
  const n = spot.incidents.length;
  const mark = element("g", { class: "mark", role: "button", tabindex: number === current ? 0 : -1, "aria-label": spotWords(spot).join(". ") });
  if (counts.size === 1) {
    const c = spot.incidents[0].c;
    const hollow = spot.incidents.every((i) => i.hollow);
    mark.append(element("use", { href: `#s-${DATA.categories[c].id}${hollow ? "-hollow" : ""}`, transform: `scale(${n === 1 ? 1 : spot.r / 9})` }));
    if (n > 1) mark.append(element("circle", { class: "badge", cx: spot.r * 0.8, cy: -spot.r * 0.8, r: 7.5 }), element("text", { class: "count", x: spot.r * 0.8, y: -spot.r * 0.8 + 3.4 }, String(n)));
  } else {
    mark.append(element("circle", { class: "hole", r: spot.r }));
    let turn = 0;
    for (const [c, count] of [...counts].sort((a, b) => a[0] - b[0])) {
      mark.append(element("path", { d: slice(turn, turn + count / n, spot.r * 0.62, spot.r), fill: DATA.categories[c].colour, stroke: "#fff", "stroke-width": 0.7 }));
      turn += count / n;
    }
    mark.append(element("text", { class: "count", y: 3.6 }, String(n)));
  }
  mark.append(element("circle", { class: "ring", r: spot.r + 3 }));
  mark.addEventListener("click", () => dragged || openSpot(spot, mark));
  mark.addEventListener("pointerenter", () => showTip(spot));
  mark.addEventListener("pointerleave", hideTip);
  mark.addEventListener("focus", () => { current = number; showTip(spot); });
  mark.addEventListener("blur", hideTip);
  spot.mark = mark;
  return mark;
}

function spotWords(spot) {
  const lines = spot.incidents.slice(0, 6).map((i) => `${DATA.categories[i.c].name}, ${i.when}`);
  const names = [...new Set(spot.incidents.map((i) => i.name))];
  const more = spot.incidents.length - lines.length;
  return [names.slice(0, 2).join(", ") + (names.length > 2 ? " …" : ""), ...lines, ...(more > 0 ? [`+ ${more}`] : [])];
}

function showTip(spot) {
  const tip = byId("tip");
  const [head, ...lines] = spotWords(spot);
  tip.replaceChildren(element("strong", {}, head), ...lines.map((line) => element("div", {}, line)));
  tip.hidden = false;
  const frame = byId("map").getBoundingClientRect();
  const at = spot.mark.getBoundingClientRect();
  const x = at.left + at.width / 2 - frame.left - tip.offsetWidth / 2;
  const above = at.top - frame.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(4, Math.min(x, frame.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${above > 2 ? above : at.bottom - frame.top + 6}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}

/** Shows what is shown: symbols for the incidents, the open one with its reach. */
function drawMap(shown) {
  const focused = marks.contains(document.activeElement);
  spots = gatherSpots(shown);
  current = Math.min(current, Math.max(spots.length - 1, 0));
  const open = INCIDENTS.find((i) => i.id === state.open);
  const layer = element("g");
  if (open?.at) {
    const colour = DATA.categories[open.c].colour;
    const path = DATA.paths[open.g];
    if (path) layer.append(element("path", { class: "extent", d: path, stroke: colour, fill: path.includes("Z") ? colour : "none" }));
    if (open.p.radius_m && !path) layer.append(element("circle", { class: "reach", cx: open.at[0], cy: open.at[1], r: open.p.radius_m * DATA.map.px_per_metre, stroke: colour, fill: colour }));
  }
  // The largest come last, upon the others.
  for (const [n, spot] of [...spots.entries()].reverse()) {
    const mark = drawSpot(spot, n);
    if (open && spot.incidents.includes(open)) mark.classList.add("open");
    layer.append(mark);
  }
  marks.replaceChildren(layer);
  placeMarks();
  placeLabels();
  if (focused) spots[current]?.mark.focus({ preventScroll: true });
}

function placeMarks() {
  const k = 1 / scale();
  const size = Math.min(1.6, 1.2 * k);
  for (const [part, x, y] of towns) part.setAttribute("transform", `translate(${x} ${y}) scale(${size}) translate(${-x} ${-y})`);
  for (const spot of spots) spot.mark.setAttribute("transform", `translate(${spot.x} ${spot.y}) scale(${k})`);
}

/** Moves the camera, but never off the map. */
function look(zoom, x, y) {
  camera.zoom = Math.max(1, Math.min(MAX_ZOOM, zoom));
  const w = WIDTH / camera.zoom;
  const h = HEIGHT / camera.zoom;
  camera.x = Math.max(LEFT + w / 2, Math.min(LEFT + WIDTH - w / 2, x));
  camera.y = Math.max(TOP + h / 2, Math.min(TOP + HEIGHT - h / 2, y));
  for (const svg of [base, marks]) svg.setAttribute("viewBox", `${camera.x - w / 2} ${camera.y - h / 2} ${w} ${h}`);
  view.classList.toggle("near", camera.zoom > 1);
  hideTip();
}

let drawn = 0;
/** Groups anew once the camera stands still. */
function lookAndDraw(zoom, x, y) {
  const same = zoom === camera.zoom;
  look(zoom, x, y);
  if (same) return;
  placeMarks();
  clearTimeout(drawn);
  drawn = setTimeout(() => drawMap(shownNow()), 80);
}

/** Zooms about a point of the screen, or about the middle. */
function zoomBy(factor, clientX, clientY) {
  const box = base.getBoundingClientRect();
  const zoom = Math.max(1, Math.min(MAX_ZOOM, camera.zoom * factor));
  const u = clientX === undefined ? 0 : (clientX - box.left) / box.width - 0.5;
  const v = clientY === undefined ? 0 : (clientY - box.top) / box.height - 0.5;
  const x = camera.x + u * WIDTH * (1 / camera.zoom - 1 / zoom);
  const y = camera.y + v * HEIGHT * (1 / camera.zoom - 1 / zoom);
  lookAndDraw(zoom, x, y);
}

/** Brings an incident into sight. */
function lookAt(incident) {
  if (!incident.at || camera.zoom === 1) return;
  look(camera.zoom, ...incident.at);
}

let dragged = false;
function startMap() {
  base.setAttribute("preserveAspectRatio", "xMidYMid meet");
  base.removeAttribute("width");
  base.removeAttribute("height");
  view.append(marks);
  view.style.setProperty("--shape", WIDTH / HEIGHT);
  look(1, camera.x, camera.y);
  gatherTowns();
  gatherLabels();

  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { d: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  view.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragged = false;
  });
  view.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const before = fingers.size === 2 ? spread() : null;
    const now = { x: event.clientX, y: event.clientY };
    if (!dragged && Math.hypot(now.x - last.x, now.y - last.y) < 4) return;
    dragged = true;
    if (!view.hasPointerCapture(event.pointerId)) view.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, now);
    if (before) {
      const after = spread();
      if (before.d > 0) zoomBy(after.d / before.d, after.x, after.y);
    } else {
      const k = scale();
      look(camera.zoom, camera.x - (now.x - last.x) / k, camera.y - (now.y - last.y) / k);
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    view.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !view.contains(document.activeElement)) {
      byId("hint").hidden = false;
      setTimeout(() => { byId("hint").hidden = true; }, 1500);
      return;
    }
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
  }, { passive: false });
  view.addEventListener("dblclick", (event) => zoomBy(2, event.clientX, event.clientY));

  byId("in").addEventListener("click", () => zoomBy(1.6));
  byId("out").addEventListener("click", () => zoomBy(1 / 1.6));
  byId("fit").addEventListener("click", () => lookAndDraw(1, 0, 0));
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "+" || event.key === "=") zoomBy(1.6);
    else if (event.key === "-") zoomBy(1 / 1.6);
    else if (event.key === "0") lookAndDraw(1, 0, 0);
    else if (step && marks.contains(event.target)) moveMark(step);
    else if (step) look(camera.zoom, camera.x + (step[0] * WIDTH) / camera.zoom / 8, camera.y + (step[1] * HEIGHT) / camera.zoom / 8);
    else if ((event.key === "Enter" || event.key === " ") && marks.contains(event.target)) openSpot(spots[current], event.target);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => { placeMarks(); drawMap(shownNow()); }).observe(view);
}

/** Goes from a symbol to the nearest in a direction. */
function moveMark([dx, dy]) {
  const from = spots[current];
  let best = null;
  for (const [n, spot] of spots.entries()) {
    const along = (spot.x - from.x) * dx + (spot.y - from.y) * dy;
    const aside = Math.abs((spot.x - from.x) * dy) + Math.abs((spot.y - from.y) * dx);
    if (along > 0 && (!best || along + 2 * aside < best.cost)) best = { n, cost: along + 2 * aside };
  }
  if (!best) return;
  from.mark.setAttribute("tabindex", -1);
  spots[best.n].mark.setAttribute("tabindex", 0);
  const { x, y } = spots[best.n];
  const out = Math.abs(x - camera.x) > WIDTH / camera.zoom / 2 || Math.abs(y - camera.y) > HEIGHT / camera.zoom / 2;
  if (out) look(camera.zoom, x, y);
  spots[best.n].mark.focus({ preventScroll: true });
}
