// How far the axes reach.

const ROOM = 0.008; // of the axis on either side, for the markers
const GROWS_FROM = 5000; // iterations; a shorter run shows from the start how much is to come

// The longest run, or for a long one that has just begun the half, quarter, ... that it needs.
export function horizon(longest, reached) {
  let far = longest;
  while (far > GROWS_FROM && reached < 0.45 * far) far /= 2;
  return far;
}

// The range of the x axis that follows the front.
//
// whole  whether what is not known yet counts as well, as it does in a replay
export function followedX(data, axis, whole) {
  let far = 0;
  for (const run of data.runs) {
    const group = data.groups[run.group];
    const seen = [run.tests, run.rows].map((points) => points.iteration.at(-1) ?? 0);
    const reached = Math.max(...seen);
    const times = [run.tests, run.rows].map((points) => points.seconds.at(-1) ?? 0);
    const end = data.active && !whole ? horizon(run.until, reached) : Math.max(reached, run.until);
    if (axis === "seconds") {
      const total = Math.max(...times);
      far = Math.max(far, reached && data.active ? (total * end) / reached : total);
    } else {
      far = Math.max(far, axis === "epochs" ? end / group.perEpoch : end);
    }
  }
  return [-ROOM * far, (1 + ROOM) * far || 1];
}

// What a log axis is marked with: { tickvals, ticktext }, at 1, 2, 5, 10, ... or 1, 10, ... alone.
export function logTicks([low, high]) {
  const steps = high - low > 2.5 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const step of steps) {
      const place = power + Math.log10(step);
      if (place >= low && place <= high) ticks.push(Number(`${step}e${power}`));
    }
  }
  return { tickvals: ticks, ticktext: ticks.map(logText) };
}

function logText(value) {
  if (value >= 0.001 && value < 1e5) return String(value);
  const [digit, power] = value.toExponential(0).split("e");
  const ten = `10<sup>${Number(power)}</sup>`;
  return digit === "1" ? ten : `${digit}·${ten}`;
}

// The range of the y axis around all values, in the axis' own units (decades on a log axis).
export function around(values, metric, scale) {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (scale === "log") {
    const positive = finite.filter((value) => value > 0);
    if (!positive.length) return [-2, 0];
    const low = Math.log10(positive[0]);
    const high = Math.log10(positive.at(-1));
    const room = Math.max(0.04 * (high - low), 0.02);
    return [low - room, high + room];
  }
  if (metric === "errors") {
    const top = Math.min(100, 10 * Math.ceil((finite.at(-1) ?? 100) / 10 + 1e-9));
    return [-0.02 * top, 1.02 * top];
  }
  if (!finite.length) return [0, 1];
  const usual = finite[Math.floor(0.98 * (finite.length - 1))]; // a spike flattens no curve
  return [0, 1.06 * (metric === "loss" ? Math.min(finite.at(-1), 3 * usual) : finite.at(-1)) || 1];
}
