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

function drawNoise() {
  const { scenes } = facts, slaves = scenes.filter((scene) => scene.noise !== null);
  const hue = (scene) => !scene.used ? colour("line") : scene.conspicuous ? colour("poor") : colour("a");
  Plotly.react("noise", [{
    type: "bar", x: slaves.map((s) => s.day), y: slaves.map((s) => s.noise), marker: { color: slaves.map(hue) },
    hovertemplate: "%{x|%Y-%m-%d}<br>%{y:.1f}°<extra></extra>",
  }], look({ yaxis: { title: { text: "degrees" }, rangemode: "tozero" }, xaxis: { type: "date" }, margin: { l: 56, r: 10, t: 8, b: 32 } }), quiet);
}

function drawHistogram(box) {
  const { title, unit, edges, ps, candidates, median } = facts.distributions[Number(box.dataset.histogram)];
  const centres = ps.map((_, i) => (edges[i] + edges[i + 1]) / 2), width = edges[1] - edges[0];
  const bars = (y, name, marker) => ({ type: "bar", x: centres, y, width, name, marker, hovertemplate: "%{x:.3g} " + unit + "<br>%{y:,}<extra>" + name + "</extra>" });
  const traces = candidates ? [bars(candidates, "candidates", { color: colour("line") })] : [];
  const hue = unit ? { color: centres, colorscale: facts.layers.velocity.colours, cmin: edges[0], cmax: edges[edges.length - 1] } : { color: colour("a") };
  traces.push(bars(ps, "PS", hue));
  Plotly.react(box, traces, look({
    barmode: "overlay", bargap: 0, title: { text: title + (unit ? " (" + unit + ")" : ""), font: { size: 13 }, x: 0, xref: "paper", y: 0.98, yanchor: "top" },
    shapes: median === null ? [] : [{ type: "line", x0: median, x1: median, yref: "paper", y0: 0, y1: 1, line: { color: colour("ink"), width: 1.5, dash: "dash" } }],
    showlegend: Boolean(candidates), legend: { x: 0.02, y: 1, bgcolor: "rgba(0,0,0,0)" },
  }), quiet);
}

const charts = new Map([[byId("baselines"), drawBaselines], [byId("noise"), drawNoise]]);
for (const box of document.querySelectorAll("[data-histogram]")) charts.set(box, () => drawHistogram(box));
const drawn = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting && !drawn.has(target)) { drawn.add(target); charts.get(target)(); }
}, { rootMargin: "300px" });
