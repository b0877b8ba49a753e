// Charts beside the map: time series, baselines, noise, histograms. Drawn when they come into sight.
const quiet = { displayModeBar: false, responsive: true };

function look(more = {}) {
  const axis = { gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("faint"), automargin: true };
  const { xaxis = {}, yaxis = {}, ...rest } = more;
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 48, r: 10, t: 26, b: 32 },
    font: { color: colour("ink"), size: 12 }, showlegend: false, hoverlabel: { font: { size: 12 } },
    xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis }, ...rest,
  };
}

function seriesTraces(values, fit, name, hue) {
  const upper = fit.line.map((y, i) => y + fit.band[i]), lower = fit.line.map((y, i) => y - fit.band[i]);
  const edge = { mode: "lines", line: { width: 0 }, hoverinfo: "skip", x: facts.dates };
  return [
    { ...edge, y: lower }, { ...edge, y: upper, fill: "tonexty", fillcolor: hue + "30" },
    { x: facts.dates, y: fit.line, mode: "lines", line: { color: hue, width: 2 }, hoverinfo: "skip" },
    { x: facts.dates, y: Array.from(values), mode: "markers", name, marker: { color: hue, size: 7, line: { color: colour("panel"), width: 1 } },
      hovertemplate: "%{x|%Y-%m-%d}<br>%{y:.1f} mm<extra>" + name + "</extra>" },
  ];
}

function drawSeries(chosen) {
  const traces = chosen.flatMap((ps, i) => seriesTraces(ps.values, ps.fit, "AB"[i], colour("ab"[i])));
  byId("nothing").hidden = chosen.length > 0;
  byId("series").hidden = !chosen.length;
  byId("difference").hidden = chosen.length < 2;
  if (!chosen.length) return;
  Plotly.react("series", traces, look({
    title: { text: "Displacement towards the satellite (mm)", font: { size: 13 }, x: 0, xref: "paper", y: 0.98, yanchor: "top" }, xaxis: { type: "date" },
  }), quiet);
  if (chosen.length < 2) return;
  const values = chosen[1].values.map((value, i) => value - chosen[0].values[i]);
  Plotly.react("difference", seriesTraces(values, straightLine(values), "B − A", colour("d")), look({
    title: { text: "Difference B − A (mm)", font: { size: 13 }, x: 0, xref: "paper", y: 0.98, yanchor: "top" }, xaxis: { type: "date" },
  }), quiet);
}

function drawBaselines() {
  const { scenes } = facts, master = scenes.find((scene) => scene.master), used = scenes.filter((scene) => scene.used && !scene.master);
  const rays = { x: [], y: [] };
  for (const scene of used) { rays.x.push(master.day, scene.day, null); rays.y.push(0, scene.bperp, null); }
  const dots = (list, symbol, size, hue, name) => ({
    x: list.map((s) => s.day), y: list.map((s) => s.bperp), mode: "markers", name, marker: { symbol, size, color: hue, line: { color: colour("panel"), width: 1 } },
    hovertemplate: "%{x|%Y-%m-%d}<br>%{y:.0f} m<extra>" + name + "</extra>",
  });
  Plotly.react("baselines", [
    { ...rays, mode: "lines", line: { color: colour("line"), width: 1 }, hoverinfo: "skip", showlegend: false },
    dots(used, "circle", 8, colour("a"), "slave"), dots(scenes.filter((s) => !s.used), "x", 8, colour("faint"), "dropped"),
    dots([master], "star", 16, colour("b"), "master"),
  ], look({ yaxis: { title: { text: "perpendicular baseline (m)" } }, xaxis: { type: "date" }, margin: { l: 56, r: 10, t: 8, b: 32 } }), quiet);
}

// Bars as filled outlines, one trace per hue, and points that cannot be seen for what is told beside the mouse.
function bars(centres, heights, width, hues, name, told) {
  const outlines = new Map();
  centres.forEach((centre, i) => {
    if (!outlines.has(hues[i])) outlines.set(hues[i], { x: [], y: [] });
    const { x, y } = outlines.get(hues[i]), left = centre - width / 2, right = centre + width / 2;
    x.push(left, left, right, right, left, null);
    y.push(0, heights[i], heights[i], 0, 0, null);
  });
  return [
    ...[...outlines].map(([hue, { x, y }], k) => ({
      x, y, mode: "lines", line: { width: 0 }, fill: "toself", fillcolor: hue, hoverinfo: "skip", name, showlegend: k === 0,
    })),
    { x: centres, y: heights, mode: "markers", marker: { opacity: 0, color: hues }, hovertemplate: told, name, showlegend: false },
  ];
}

// The hue at a share of a colour scale.
function shade(scale, share) {
  const i = Math.max(1, scale.findIndex(([end]) => end >= share)), [low, from] = scale[i - 1], [high, to] = scale[i];
  const part = (share - low) / (high - low), at = (hex, k) => parseInt(hex.slice(k, k + 2), 16);
  return "rgb(" + [1, 3, 5].map((k) => Math.round(at(from, k) + part * (at(to, k) - at(from, k)))).join() + ")";
}

function drawNoise() {
  const slaves = facts.scenes.filter((scene) => scene.noise !== null), days = slaves.map((scene) => Date.parse(scene.day));
  const hue = (scene) => !scene.used ? colour("line") : scene.conspicuous ? colour("poor") : colour("a");
  const gap = Math.min(...days.slice(1).map((day, i) => day - days[i])), width = Number.isFinite(gap) ? 0.8 * gap : 86400000;
  const traces = bars(days, slaves.map((s) => s.noise), width, slaves.map(hue), "noise", "%{x|%Y-%m-%d}<br>%{y:.1f}°<extra></extra>");
  Plotly.react("noise", traces, look({
    yaxis: { title: { text: "degrees" }, rangemode: "tozero" }, xaxis: { type: "date" }, margin: { l: 56, r: 10, t: 8, b: 32 },
  }), quiet);
}

function drawHistogram(box) {
  const { title, unit, edges, ps, candidates, median } = facts.distributions[Number(box.dataset.histogram)];
  const centres = ps.map((_, i) => (edges[i] + edges[i + 1]) / 2), width = edges[1] - edges[0], scale = facts.layers.velocity.colours;
  const hued = (heights, hues, name) => bars(centres, heights, width, hues, name, "%{x:.3g} " + unit + "<br>%{y:,}<extra>" + name + "</extra>");
  const hues = centres.map((_, i) => unit ? shade(scale, i / Math.max(centres.length - 1, 1)) : colour("a"));
  const traces = [...(candidates ? hued(candidates, centres.map(() => colour("line")), "candidates") : []), ...hued(ps, hues, "PS")];
  Plotly.react(box, traces, look({
    title: { text: title + (unit ? " (" + unit + ")" : ""), font: { size: 13 }, x: 0, xref: "paper", y: 0.98, yanchor: "top" },
    shapes: median === null ? [] : [{ type: "line", x0: median, x1: median, yref: "paper", y0: 0, y1: 1, line: { color: colour("ink"), width: 1.5, dash: "dash" } }],
    xaxis: { range: [edges[0], edges[edges.length - 1]] }, yaxis: { rangemode: "tozero" },
    showlegend: Boolean(candidates), legend: { x: 0.02, y: 1, bgcolor: "rgba(0,0,0,0)" },
  }), quiet);
}

const charts = new Map([[byId("baselines"), drawBaselines], [byId("noise"), drawNoise]]);
for (const box of document.querySelectorAll("[data-histogram]")) charts.set(box, () => drawHistogram(box));
const drawn = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting && !drawn.has(target)) { drawn.add(target); charts.get(target)(); }
}, { rootMargin: "300px" });
