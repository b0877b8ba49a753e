// Numbers of the page: decompressed, their bytes put together again, scaled.
const facts = JSON.parse(document.getElementById("facts").textContent);
const byId = (id) => document.getElementById(id);

async function inflated(id) {
  const text = atob(byId(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  byId(id).remove(); // the text is not needed again; its memory is
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function wholes(key) {
  const bytes = await inflated("array-" + key);
  if (facts.arrays[key].kind === "int16") {
    const n = bytes.length / 2, values = new Int16Array(n);
    for (let i = 0; i < n; i++) values[i] = bytes[i] | (bytes[n + i] << 8);
    return values;
  }
  const n = bytes.length / 4, values = new Int32Array(n);
  for (let i = 0; i < n; i++) values[i] = bytes[i] | (bytes[n + i] << 8) | (bytes[2 * n + i] << 16) | (bytes[3 * n + i] << 24);
  return values;
}

async function numbers(key) {
  const { kind, step, offset } = facts.arrays[key], raw = await wholes(key);
  const unknown = kind === "int16" ? -32768 : -2147483648, values = new Float64Array(raw.length);
  for (let i = 0; i < raw.length; i++) values[i] = raw[i] === unknown ? NaN : raw[i] * step + offset;
  return values;
}

// The series stay as whole numbers, unpacked with the first that is asked for: there are many, and few are looked at.
let unpacking = null;
async function displacement(row) {
  unpacking ??= wholes("series");
  const seriesOfAll = await unpacking, n = facts.dates.length, { step } = facts.arrays.series, values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const whole = seriesOfAll[row * n + i];
    values[i] = whole === -32768 ? NaN : whole * step;
  }
  return values;
}

// A weighted straight line, its standard deviation, and half the width of its 95 % band at every date.
function straightLine(values) {
  const { days, weights, student } = facts;
  let sum = 0, time = 0, value = 0, n = 0;
  for (let i = 0; i < days.length; i++) if (weights[i] > 0) { sum += weights[i]; time += weights[i] * days[i]; value += weights[i] * values[i]; n++; }
  time /= sum; value /= sum;
  let across = 0, along = 0;
  for (let i = 0; i < days.length; i++) { const d = days[i] - time; across += weights[i] * d * d; along += weights[i] * d * values[i]; }
  const slope = along / across, line = days.map((day) => value + slope * (day - time));
  let rest = 0;
  for (let i = 0; i < days.length; i++) if (weights[i] > 0) rest += weights[i] * (values[i] - line[i]) ** 2;
  const variance = n > 2 ? rest / (n - 2) : NaN;
  const band = days.map((day) => student * Math.sqrt(variance * (1 / sum + (day - time) ** 2 / across)));
  return { line, band, velocity: slope * 365.25, deviation: Math.sqrt(variance / across) * 365.25 };
}

const signed = (value, digits) => Number.isFinite(value) ? (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits) : "–";
const plain = (value, digits) => Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–";
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
