// The map: PS on relief or amplitude, with the user's lines and areas.
const ps = {};
const view = { layer: "velocity", ground: Object.keys(facts.grounds)[0] || "none" };
const map = byId("map");
const squeeze = Math.cos((facts.extent.south + facts.extent.north) / 2 * Math.PI / 180);
const METRES = 111320;

function markers() {
  const { colours, low, high, title } = facts.layers[view.layer];
  const place = map.clientWidth < 520
    ? { orientation: "h", len: 0.9, y: 1, yanchor: "bottom", title: { text: title, side: "top", font: { size: 12 } } }
    : { len: 0.6, title: { text: title, side: "right", font: { size: 12 } } };
  return {
    color: ps[view.layer], colorscale: colours, cmin: low, cmax: high, size: dotSize(),
    colorbar: { thickness: 10, outlinewidth: 0, tickfont: { color: colour("ink") }, ...place },
  };
}

// Dots cover about a third of the map, and grow with the zoom, but slowly.
function dotSize() {
  const area = Math.max(map.clientWidth * map.clientHeight, 1);
  const whole = Math.sqrt(0.3 * area / Math.max(ps.lon.length, 1));
  const range = map._fullLayout ? map._fullLayout.xaxis.range : [facts.extent.west, facts.extent.east];
  const zoom = (facts.extent.east - facts.extent.west) / Math.abs(range[1] - range[0]);
  return Math.min(14, Math.max(2.2, Math.min(whole, 6)) * Math.max(1, zoom) ** 0.45);
}

function images() {
  const ground = facts.grounds[view.ground];
  const picture = ground ? [{
    source: ground.address, xref: "x", yref: "y", x: ground.west, y: ground.north, sizex: ground.east - ground.west,
    sizey: ground.north - ground.south, sizing: "stretch", layer: "below",
  }] : [];
  return view.ground === "online map" ? tiles() : picture;
}

// Tiles of an online map that cover what is seen: only where `snapstamps view --tiles` asked for them.
function tiles() {
  const address = document.documentElement.dataset.tiles, found = [];
  const { xaxis, yaxis } = map._fullLayout || {}, { west, east, south, north } = facts.extent;
  const [x0, x1] = xaxis ? xaxis.range : [west, east], [y0, y1] = yaxis ? yaxis.range : [south, north];
  const zoom = Math.max(1, Math.min(18, Math.floor(Math.log2(map.clientWidth / 256 * 360 / (x1 - x0)))));
  const count = 2 ** zoom, column = (lon) => Math.floor((lon + 180) / 360 * count);
  const row = (lat) => Math.floor((1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2 * count);
  const lon = (x) => x / count * 360 - 180, lat = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y / count))) * 180 / Math.PI;
  for (let x = column(x0); x <= column(x1); x++) for (let y = row(y1); y <= row(y0); y++) {
    if (found.length === 64) return found;
    const source = address.replace("{z}", zoom).replace("{x}", x).replace("{y}", y);
    found.push({ source, xref: "x", yref: "y", x: lon(x), y: lat(y), sizex: lon(x + 1) - lon(x), sizey: lat(y) - lat(y + 1), sizing: "stretch", layer: "below" });
  }
  return found;
}

const LINES = { road: "#f2f2f2", river: "#5fb4e5", boundary: "#f5d76e", area: "#ffffff" };

function overlays() {
  return facts.lines.map(({ kind, name, x, y }) => ({
    type: "scatter", mode: "lines", x, y, name, hoverinfo: "skip",
    line: { color: LINES[kind], width: kind === "area" ? 2 : 1.3, dash: kind === "boundary" ? "dash" : "solid" },
  }));
}

// What the kinds of lines look like, named below the map.
function nameLines() {
  const swatch = (kind) => Object.assign(document.createElement("i"), { style: "border-top: " + (kind === "area" ? 3 : 2) + "px " + (kind === "boundary" ? "dashed " : "solid ") + LINES[kind] });
  for (const kind of new Set(facts.lines.map((line) => line.kind))) {
    const key = Object.assign(document.createElement("span"), { className: "key" });
    key.append(swatch(kind), kind);
    byId("lines").append(key);
  }
}

function labels() {
  const attribution = { text: "© OpenStreetMap contributors", showarrow: false, xref: "paper", yref: "paper", x: 1, y: 0, xanchor: "right", yanchor: "bottom", font: { size: 11, color: "#000" }, bgcolor: "#ffffffcc" };
  const named = facts.places.filter((place) => place.area).map(({ name, middle, top }) => ({ text: text(name), x: middle, y: top, yanchor: "bottom", showarrow: false, font: { size: 11, color: "#fff" }, bgcolor: "#00000080" }));
  const picked = chosen.map(({ row }, i) => ({
    text: "<b>" + "AB"[i] + "</b>", x: ps.lon[row], y: ps.lat[row], ax: 22, ay: -26, arrowhead: 6, arrowsize: 1.6, arrowwidth: 1.6,
    arrowcolor: "#000", font: { color: "#fff", size: 14 }, bgcolor: i ? "#ab4814" : "#06548b", borderpad: 3, standoff: 3,
  }));
  return [...named, ...picked, ...(view.ground === "online map" ? [attribution] : [])];
}

// plotly reads a few HTML tags in its texts; the user's names must stay as they are.
const text = (name) => name.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function mapLayout() {
  const axis = { showgrid: false, zeroline: false, ticks: "outside", ticklen: 3, nticks: 6, exponentformat: "none" };
  const { west, east, south, north } = facts.extent;
  return look({
    dragmode: "pan", hovermode: false, margin: { l: 46, r: 4, t: 6, b: 30 }, plot_bgcolor: colour("ground"),
    xaxis: { ...axis, range: [west, east], ticksuffix: "°", constrain: "range" },
    yaxis: { ...axis, range: [south, north], ticksuffix: "°", scaleanchor: "x", scaleratio: 1 / squeeze, constrain: "range", tickangle: -90 },
    images: images(), annotations: labels(), uirevision: "keep",
  });
}

function mapTraces() {
  return [...overlays(), { type: facts.flat ? "scatter" : "scattergl", mode: "markers", x: ps.lon, y: ps.lat, marker: markers(), hoverinfo: "skip" }];
}

const drawMap = () => Plotly.newPlot(map, mapTraces(), mapLayout(), { responsive: true, scrollZoom: true, displaylogo: false, modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]] });
const recolour = () => Plotly.restyle(map, { marker: [markers()] }, [facts.lines.length]);
const relabel = () => Plotly.relayout(map, { images: images(), annotations: labels() });

// The nearest PS to a place, and how many metres away it is.
function nearest(lon, lat) {
  let row = -1, least = Infinity;
  for (let i = 0; i < ps.lon.length; i++) {
    const x = (ps.lon[i] - lon) * squeeze, y = ps.lat[i] - lat, square = x * x + y * y;
    if (square < least) { least = square; row = i; }
  }
  return { row, metres: Math.sqrt(least) * METRES };
}

function placeOf(event) {
  const { xaxis, yaxis } = map._fullLayout, box = map.getBoundingClientRect();
  const x = event.clientX - box.left - xaxis._offset, y = event.clientY - box.top - yaxis._offset;
  if (x < 0 || y < 0 || x > xaxis._length || y > yaxis._length) return null;
  const found = nearest(xaxis.p2d(x), yaxis.p2d(y));
  if (found.row < 0) return null;
  const far = Math.hypot(xaxis.d2p(ps.lon[found.row]) - x, yaxis.d2p(ps.lat[found.row]) - y);
  return { ...found, pixels: far, x: event.clientX - box.left, y: event.clientY - box.top };
}

function move(x, y, zoom) {
  const { xaxis, yaxis } = map._fullLayout;
  const [w, e] = xaxis.range, [s, n] = yaxis.range, lon = (w + e) / 2 + x * (e - w), lat = (s + n) / 2 + y * (n - s);
  const across = (e - w) / 2 / zoom, along = (n - s) / 2 / zoom;
  return Plotly.relayout(map, { "xaxis.range": [lon - across, lon + across], "yaxis.range": [lat - along, lat + along] });
}

function goTo(lon, lat) {
  const { west, east } = facts.extent, { xaxis, yaxis } = map._fullLayout;
  const across = Math.min(Math.abs(xaxis.range[1] - xaxis.range[0]), (east - west) / 6) / 2;
  const along = across * squeeze * yaxis._length / xaxis._length;
  return Plotly.relayout(map, { "xaxis.range": [lon - across, lon + across], "yaxis.range": [lat - along, lat + along] });
}
