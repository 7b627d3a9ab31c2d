// Curves as numbers: which rows are known, along which axis, their mean over seeds.

export const AXES = ["iterations", "epochs", "seconds"];

// Index of the first value above `limit` in an ascending array.
export function countUpTo(ascending, limit) {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The points that are known after so many seconds of a run.
export function upTo(points, seconds) {
  if (!points || seconds === Infinity) return points;
  const count = countUpTo(points.seconds, seconds);
  return Object.fromEntries(
    Object.entries(points).map(([name, values]) => [
      name,
      values.subarray ? values.subarray(0, count) : { ...values, columns: count },
    ]),
  );
}

// Where the points of a run stand on the x axis.
export function along(points, axis, group) {
  if (axis === "seconds") return points.seconds;
  if (axis === "epochs") return Float64Array.from(points.iteration, (i) => i / group.perEpoch);
  return points.iteration;
}

// The value at x on the straight line between two points; NaN outside of them.
export function between(xs, ys, x) {
  const last = xs.length - 1;
  if (last < 0 || x < xs[0] || x > xs[last]) return NaN;
  const after = countUpTo(xs, x);
  const at = after - 1;
  if (xs[at] === x || after > last) return ys[at];
  const share = (x - xs[at]) / (xs[after] - xs[at]);
  return ys[at] + share * (ys[after] - ys[at]);
}

// Over curves [{ x, y }]: at every x that one of them has, the mean of those that reach it, the
// lowest and the highest, the sample standard deviation (NaN of one alone), and how many there are.
export function meanAndBand(curves) {
  const x = Float64Array.from(new Set(curves.flatMap((curve) => [...curve.x]))).sort();
  const result = { x };
  for (const name of ["mean", "low", "high", "deviation", "count"]) {
    result[name] = new Float64Array(x.length);
  }
  x.forEach((at, i) => {
    const values = curves.map((curve) => between(curve.x, curve.y, at)).filter(Number.isFinite);
    const count = values.length;
    const mean = count ? values.reduce((sum, value) => sum + value, 0) / count : NaN;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    result.mean[i] = mean;
    result.low[i] = count ? Math.min(...values) : NaN;
    result.high[i] = count ? Math.max(...values) : NaN;
    result.deviation[i] = count > 1 ? Math.sqrt(squares / (count - 1)) : NaN;
    result.count[i] = count;
  });
  return result;
}

// The stretches [from, to) of two points or more at which several curves are left.
export function whereSeveral(counts) {
  const stretches = [];
  let from = 0;
  for (let at = 0; at <= counts.length; at++) {
    if (counts[at] > 1) continue;
    if (at - from > 1) stretches.push([from, at]);
    from = at + 1;
  }
  return stretches;
}

// Index of the point nearest to x, -1 where x is more than half a gap outside of the curve.
export function nearest(xs, x) {
  const last = xs.length - 1;
  if (last < 0) return -1;
  const gap = last ? (xs[last] - xs[0]) / last : Infinity;
  if (x < xs[0] - gap / 2 || x > xs[last] + gap / 2) return -1;
  const after = Math.min(last, countUpTo(xs, x));
  const before = Math.max(0, after - 1);
  return x - xs[before] <= xs[after] - x ? before : after;
}
