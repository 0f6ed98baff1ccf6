// The timeline: bars of the incidents over time, and a brush that chooses a period.

const MAX_BARS = 120;
const timeline = byId("time");
let slots = [];

const next = (iso, unit) => {
  const date = new Date(`${iso}T00:00:00Z`);
  if (unit === "day") date.setUTCDate(date.getUTCDate() + 1);
  if (unit === "month") date.setUTCMonth(date.getUTCMonth() + 1);
  if (unit === "year") date.setUTCFullYear(date.getUTCFullYear() + 1);
  return date.toISOString().slice(0, 10);
};

const before = (iso) => new Date(Date.parse(`${iso}T00:00:00Z`) - 86400000).toISOString().slice(0, 10);

/** Days, months or years with a slot each; a long time without incidents is one
    slot that stands for all of it. */
function makeSlots() {
  if (!DAYS.length) return;
  const starts = { day: (d) => d, month: (d) => `${d.slice(0, 7)}-01`, year: (d) => `${d.slice(0, 4)}-01-01` };
  const days = (Date.parse(DAYS.at(-1)) - Date.parse(DAYS[0])) / 86400000;
  for (const unit of days < MAX_BARS ? ["day"] : ["month", "year"]) {
    slots = [];
    const busy = new Set(INCIDENTS.flatMap((i) => (i.first ? [starts[unit](i.first)] : [])));
    let empty = 0;
    let at = starts[unit](DAYS[0]);
    const end = DAYS.at(-1);
    for (let n = 0; at <= end && n < 60000; n++) {
      const after = next(at, unit);
      empty = busy.has(at) ? 0 : empty + 1;
      const slot = { from: at, to: before(after), unit, incidents: [], gap: false };
      if (empty > 12) {
        // The stretch so far becomes a gap, and grows.
        if (empty === 13) {
          const old = slots.splice(slots.length - 12, 12);
          slots.push({ ...old[0], gap: true });
        }
        slots.at(-1).to = slot.to;
      } else {
        slots.push(slot);
      }
      at = after;
    }
    if (slots.length <= MAX_BARS) break;
  }
  for (const i of INCIDENTS) {
    if (i.first && i.p.date_start?.length !== 4) slots.find((s) => s.from <= i.first && i.first <= s.to)?.incidents.push(i);
  }
}

/** Slots that the chosen period covers. */
function chosen() {
  const first = state.from ? slots.findIndex((s) => s.to >= state.from) : 0;
  const last = state.to ? slots.findLastIndex((s) => s.from <= state.to) : slots.length - 1;
  return [first < 0 ? slots.length - 1 : first, last < 0 ? 0 : last];
}

function choose(a, b) {
  const [first, last] = [Math.min(a, b), Math.max(a, b)];
  const all = first === 0 && last === slots.length - 1;
  state.from = all || first === 0 ? "" : slots[first].from;
  state.to = all || last === slots.length - 1 ? "" : slots[last].to;
  changed();
}

function slotWords(slot) {
  const [year, month, day] = slot.from.split("-").map(Number);
  if (slot.gap) return `${slot.from} – ${slot.to}`;
  if (slot.unit === "year") return String(year);
  return `${slot.unit === "day" ? `${day} ` : ""}${DATA.months[month - 1]} ${year}`;
}

function drawTimeline() {
  const width = timeline.clientWidth || 600;
  const height = 84;
  const floor = 62;
  const step = width / Math.max(slots.length, 1);
  timeline.setAttribute("viewBox", `0 0 ${width} ${height}`);
  timeline.style.height = `${height}px`;
  const counts = slots.map((s) => [s.incidents.filter((i) => passes(i, false)).length, s.incidents.length]);
  const most = Math.max(1, ...counts.map((c) => c[1]));
  const [first, last] = chosen();
  const out = [];
  out.push(element("rect", { class: "chosen", x: first * step, y: 4, width: Math.max(0, (last - first + 1) * step), height: floor - 4 }));
  let labelled = -60;
  let year = "";
  slots.forEach((slot, n) => {
    const x = n * step;
    const bar = (count, name) => {
      const h = ((floor - 8) * count) / most;
      return element("rect", { class: name, x: x + step * 0.12, y: floor - h, width: step * 0.76, height: h });
    };
    if (slot.gap) {
      out.push(element("path", { class: "gap", d: `M${x + step / 2 - 3} ${floor + 4}l2 -8M${x + step / 2 + 1} ${floor + 4}l2 -8` }));
    } else {
      const [some, all] = counts[n];
      const inside = n >= first && n <= last;
      out.push(bar(all, "bar all"));
      if (some) out.push(bar(some, inside ? "bar" : "bar out"));
      const turn = slot.from.slice(0, 4) !== year;
      if (turn ? x - labelled > 34 : x - labelled > 70 && slot.unit !== "year") {
        const [, month, day] = slot.from.split("-").map(Number);
        const short = slot.unit === "day" ? `${day} ${DATA.months[month - 1]}` : DATA.months[month - 1];
        out.push(element("text", { class: turn ? "year" : "tick", x: Math.min(x + 2, width - 28), y: floor + 15 }, turn ? slot.from.slice(0, 4) : short));
        out.push(element("line", { class: "tick", x1: x, x2: x, y1: floor, y2: floor + 5 }));
        labelled = x;
        if (turn) year = slot.from.slice(0, 4);
      }
    }
  });
  out.push(element("line", { class: "floor", x1: 0, x2: width, y1: floor, y2: floor }));
  if (slots.length) {
    out.push(handle("timeline-from", first, first * step, (n) => choose(Math.min(n, last), last)));
    out.push(handle("timeline-to", last, (last + 1) * step, (n) => choose(first, Math.max(n, first))));
  }
  const focused = document.activeElement?.getAttribute?.("data-handle");
  timeline.replaceChildren(...out);
  if (focused) timeline.querySelector(`[data-handle="${focused}"]`)?.focus();
}

/** An end of the brush, which arrow keys move. */
function handle(name, at, x, move) {
  const out = element("g", {
    class: "handle", role: "slider", tabindex: 0, "data-handle": name, "aria-label": say(name), "aria-valuemin": 0,
    "aria-valuemax": slots.length - 1, "aria-valuenow": at, "aria-valuetext": slotWords(slots[at]),
  }, element("line", { x1: x, x2: x, y1: 4, y2: 62 }), element("rect", { x: x - 4, y: 22, width: 8, height: 22, rx: 3 }));
  out.addEventListener("keydown", (event) => {
    const to = {
      ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
      PageDown: at - 6, PageUp: at + 6, Home: 0, End: slots.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(Math.max(0, Math.min(slots.length - 1, to)));
  });
  return out;
}

function startTimeline() {
  makeSlots();
  let from = null;
  let old = null;
  const at = (event) => {
    const box = timeline.getBoundingClientRect();
    return Math.max(0, Math.min(slots.length - 1, Math.floor(((event.clientX - box.left) / box.width) * slots.length)));
  };
  timeline.addEventListener("pointerdown", (event) => {
    if (!slots.length) return;
    const [first, last] = chosen();
    const name = event.target.closest?.("[data-handle]")?.getAttribute("data-handle");
    // A drag at a handle moves that end, elsewhere it starts a new period.
    from = name === "timeline-from" ? last : name === "timeline-to" ? first : at(event);
    old = name ? null : from;
    timeline.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  timeline.addEventListener("pointermove", (event) => {
    if (from === null || at(event) === old) return;
    old = at(event);
    choose(from, old);
  });
  timeline.addEventListener("pointerup", (event) => {
    // A click chooses one bar; a click on the only chosen one chooses all.
    if (from !== null && old === from && at(event) === from) {
      const [first, last] = chosen();
      if (first === from && last === from) choose(0, slots.length - 1);
      else choose(from, from);
    }
    from = null;
  });
  timeline.addEventListener("pointercancel", () => { from = null; });
  new ResizeObserver(drawTimeline).observe(timeline.parentNode);
}
