// Choosing PS, searching, keys, colours of the day; then the start.
let chosen = [];

async function choose(row, remark = "") {
  const values = await displacement(row);
  if (chosen.length === 2) chosen = [];
  chosen.push({ row, values, fit: straightLine(values) });
  tell(remark);
}

function tell(remark = "") {
  const said = chosen.map(({ row }, i) => "AB"[i] + ": PS " + ps.id[row] + ", " + signed(ps.velocity[row], 1) + " mm/yr");
  byId("status").textContent = (said.join(" · ") || "No PS chosen") + (remark ? " · " + remark : "");
  byId("clear").hidden = byId("save").hidden = byId("chosen").hidden = !chosen.length;
  const columns = [["", "velocity (mm/yr)", "coherence", "height (m)", "DEM error (m)", "amplitude dispersion", "latitude", "longitude"],
    ...chosen.map(({ row }, i) => ["AB"[i], signed(ps.velocity[row], 1) + " ± " + plain(ps.velocity_std[row], 1), plain(ps.coherence[row], 2),
      plain(ps.height[row], 0), signed(ps.dem_error[row], 1), plain(ps.d_a[row], 2), ps.lat[row].toFixed(6), ps.lon[row].toFixed(6)])];
  if (chosen.length === 2) {
    const [a, b] = chosen, fit = straightLine(b.values.map((value, i) => value - a.values[i]));
    const metres = Math.hypot((ps.lon[b.row] - ps.lon[a.row]) * squeeze, ps.lat[b.row] - ps.lat[a.row]) * METRES;
    columns.push(["B − A", signed(fit.velocity, 1) + " ± " + plain(fit.deviation, 1), "", signed(ps.height[b.row] - ps.height[a.row], 0), "", "", metres.toFixed(0) + " m apart", ""]);
  }
  const lines = columns[0].map((_, i) => {
    const line = document.createElement("tr");
    line.append(...columns.map((cells, k) => Object.assign(document.createElement(i && k ? "td" : "th"), { textContent: cells[i], className: k ? "n" : "" })));
    return line;
  });
  byId("chosen").tHead.replaceChildren(lines[0]);
  byId("chosen").tBodies[0].replaceChildren(...lines.slice(1));
  drawSeries(chosen);
  return relabel();
}

function save() {
  const head = ["date", ...chosen.map(({ row }) => "displacement_mm_PS_" + ps.id[row])];
  const lines = facts.dates.map((day, i) => [day, ...chosen.map(({ values }) => values[i].toFixed(1))].join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([[head.join(","), ...lines, ""].join("\n")], { type: "text/csv" }));
  link.download = "displacement_" + chosen.map(({ row }) => ps.id[row]).join("_") + ".csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

function search(event) {
  byId("tip").style.display = "none";
  event.preventDefault();
  const typed = byId("place").value.trim(), { west, east, south, north } = facts.extent;
  const named = facts.places.find((place) => place.name.toLowerCase() === typed.toLowerCase());
  const found = typed.match(/[-+−]?\d+(?:\.\d+)?/g), inside = (lon, lat) => lon >= west && lon <= east && lat >= south && lat <= north;
  let place = named ? [named.lon, named.lat] : null;
  if (!place && found && found.length === 2) {
    const [first, second] = found.map((word) => Number(word.replace("−", "-")));
    place = !inside(second, first) && inside(first, second) ? [first, second] : [second, first]; // either order, where only one fits
  }
  if (!place) { byId("status").textContent = "Type latitude and longitude in degrees, such as " + ((south + north) / 2).toFixed(4) + ", " + ((west + east) / 2).toFixed(4); return; }
  if (!inside(...place)) { byId("status").textContent = "That place lies outside the map"; return; }
  const { row, metres } = nearest(...place);
  goTo(...place).then(() => choose(row, "nearest PS, " + metres.toFixed(0) + " m away"));
}

function keyed(event) {
  byId("tip").style.display = "none";
  const step = 0.15, turn = { ArrowLeft: [-step, 0, 1], ArrowRight: [step, 0, 1], ArrowUp: [0, step, 1], ArrowDown: [0, -step, 1], "+": [0, 0, 1.5], "=": [0, 0, 1.5], "-": [0, 0, 1 / 1.5] }[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (turn) move(...turn);
  else if (event.key === "Escape") { chosen = []; tell(); }
  else if (event.key === "Enter") {
    const { xaxis, yaxis } = map._fullLayout, { row, metres } = nearest((xaxis.range[0] + xaxis.range[1]) / 2, (yaxis.range[0] + yaxis.range[1]) / 2);
    if (row >= 0) choose(row, metres.toFixed(0) + " m from the cross");
  } else return;
  event.preventDefault();
}

function buttons(box, names, titles, picked, act) {
  for (const name of names) {
    const label = document.createElement("label"), input = document.createElement("input"), span = document.createElement("span");
    label.className = "choice";
    Object.assign(input, { type: "radio", name: box, value: name, checked: name === picked });
    input.addEventListener("change", () => act(name));
    span.textContent = titles[name] || name;
    label.append(input, span);
    byId(box).append(label);
  }
}

function listen() {
  let pressed = null, waiting = 0;
  map.addEventListener("pointerdown", (event) => { pressed = event; }, true);
  window.addEventListener("pointerup", (event) => {
    const still = pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < 5;
    const onMap = still && pressed.button === 0 && !pressed.target.closest(".modebar"), place = onMap && placeOf(event);
    pressed = null;
    if (place && place.pixels < 25) choose(place.row);
  }, true);
  map.addEventListener("pointermove", (event) => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      const place = event.buttons ? null : placeOf(event), tip = byId("tip"), near = place && place.pixels < 9;
      tip.style.display = near ? "block" : "none";
      if (!near) return;
      tip.textContent = signed(ps.velocity[place.row], 1) + " ± " + plain(ps.velocity_std[place.row], 1) + " mm/yr\ncoherence " + plain(ps.coherence[place.row], 2) + ", " + plain(ps.height[place.row], 0) + " m";
      tip.style.left = Math.min(place.x + 14, map.clientWidth - tip.offsetWidth) + "px";
      tip.style.top = place.y + 14 + "px";
    });
  });
  map.addEventListener("pointerleave", () => { byId("tip").style.display = "none"; });
  map.addEventListener("keydown", keyed);
  let later = 0;
  map.on("plotly_relayout", (change) => {
    if (!Object.keys(change).some((key) => key.includes("axis"))) return;
    clearTimeout(later);
    later = setTimeout(() => { Plotly.restyle(map, { "marker.size": dotSize() }, [facts.lines.length]); if (view.ground === "online map") relabel(); }, 200);
  });
  byId("search").addEventListener("submit", search);
  byId("clear").addEventListener("click", () => { chosen = []; tell(); map.focus(); });
  byId("save").addEventListener("click", save);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    const { range: x } = map._fullLayout.xaxis, { range: y } = map._fullLayout.yaxis, layout = mapLayout();
    layout.xaxis.range = [...x]; layout.yaxis.range = [...y];
    Plotly.react(map, mapTraces(), layout);
    drawSeries(chosen);
    for (const box of drawn) charts.get(box)();
  });
}

function place() {
  const { _size: size } = map._fullLayout;
  byId("cross").style.left = size.l + size.w / 2 + "px";
  byId("cross").style.top = size.t + size.h / 2 + "px";
}

function sorry(why) {
  document.documentElement.classList.add("sorry");
  byId("sorry").textContent = why;
}

async function start() {
  if (!window.DecompressionStream) { sorry("This browser is too old for the map (it lacks DecompressionStream); everything else on this page is there."); return; }
  const library = new TextDecoder().decode(await inflated("library")), script = document.createElement("script");
  script.textContent = library;
  document.head.append(script);
  const keys = Object.keys(facts.arrays).filter((key) => key !== "series");
  await Promise.all(keys.map(async (key) => { ps[key] = await numbers(key); }));
  if (!document.createElement("canvas").getContext("webgl")) {
    facts.flat = true;
    sorry("This browser has no WebGL; the map is drawn without it, which is slow where there are many PS.");
  }
  const online = document.documentElement.dataset.tiles ? ["online map"] : [];
  const titles = Object.fromEntries(Object.entries(facts.layers).map(([key, layer]) => [key, layer.name]));
  buttons("layers", Object.keys(facts.layers), titles, view.layer, (name) => { view.layer = name; recolour(); });
  buttons("grounds", [...Object.keys(facts.grounds), ...online, "none"], { hillshade: "relief" }, view.ground, (name) => { view.ground = name; relabel(); });
  byId("places").append(...facts.places.map((place) => Object.assign(document.createElement("option"), { value: place.name })));
  nameLines();
  await drawMap();
  place();
  map.on("plotly_afterplot", place);
  listen();
  for (const box of charts.keys()) watcher.observe(box);
  document.documentElement.dataset.ready = "yes";
}
start().catch((error) => { console.error(error); sorry("The map could not be drawn: " + error.message); document.documentElement.dataset.ready = "failed"; });
