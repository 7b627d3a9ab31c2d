// Curves into plotly traces: hue plain or residual, darkness depth, marker shortcut, training
// dashed, test bold; raw values behind smoothed ones, runs behind their mean, a baseline in grey.

import { mainLine } from "./curves.js";
import { colourOf, faded } from "../theme.js";
import { spread } from "../data/label_positions.js";
import { whereSeveral } from "../data/series.js";

export const LABEL = 13; // pixels
const BETWEEN_LABELS = 15;
const MARKERS_SHOWN = 25;

export function tracesOf(curves, theme, band, grey = false) {
  const behind = [];
  const lines = [];
  for (const curve of curves) {
    const colour = grey ? theme.faint : colourOf(curve.group, theme);
    const bold = curve.part.bold && !grey;
    const dash = curve.part.name === "train" ? "dash" : "solid";
    const faint = (runs, share) =>
      behind.push(plain(joined(runs), { color: faded(colour, share), width: 1, dash }));
    if (curve.mean && !grey) {
      behind.push(...bandOf(curve.mean, band, faded(colour, curve.part.bold ? 0.16 : 0.09)));
      faint(curve.runs, 0.4);
    } else if (curve.raw.length) {
      faint(curve.raw, 0.35);
    }
    const main = mainLine(curve);
    lines.push({
      ...plain(main, { color: colour, width: grey ? 1.5 : bold ? 3.5 : 2.2, dash }),
      ...(grey || curve.part.points !== "tests"
        ? {}
        : {
            mode: "lines+markers",
            marker: {
              symbol: curve.group.marker,
              size: bold ? 7 : 5,
              color: colour,
              maxdisplayed: MARKERS_SHOWN,
            },
          }),
      name: nameOf(curve),
    });
  }
  return [...behind, ...lines];
}

export const nameOf = ({ group, part }) => (part.name ? `${group.name} ${part.name}` : group.name);

const plain = ({ x, y }, line) => ({
  type: "scatter",
  mode: "lines",
  x,
  y,
  line,
  hoverinfo: "skip",
});

// Several runs as one trace, with a gap between two.
function joined(runs) {
  const join = (name) => runs.flatMap((run) => [...run[name], NaN]);
  return { x: join("x"), y: join("y") };
}

// One seed has no spread: a band stands where two or more are left, and nowhere else.
function bandOf(mean, kind, colour) {
  const edge = (sign, limit) =>
    kind === "deviation" ? mean.mean.map((value, i) => value + sign * mean.deviation[i]) : limit;
  const [low, high] = [edge(-1, mean.low), edge(1, mean.high)];
  const none = { color: "rgba(0,0,0,0)", width: 0 };
  return whereSeveral(mean.count).flatMap(([from, to]) => {
    const part = (y) => plain({ x: mean.x.slice(from, to), y: y.slice(from, to) }, none);
    return [part(low), { ...part(high), fill: "tonexty", fillcolor: colour }];
  });
}

// The names at the curves' ends, where they are in sight, none over another.
//
// view  { x: [low, high], y: [low, high], log, height }: ranges in axis units, pixels
export function labelsOf(curves, theme, view, grey = false) {
  const ends = [];
  for (const curve of curves) {
    const { x, y } = mainLine(curve);
    let last = x.length - 1;
    while (last >= 0 && (x[last] > view.x[1] || !Number.isFinite(y[last]))) last--;
    if (last < 0 || x[last] < view.x[0]) continue;
    const place = view.log ? Math.log10(y[last]) : y[last];
    if (!(place >= view.y[0] && place <= view.y[1])) continue;
    ends.push({
      x: x[last],
      place,
      text: nameOf(curve),
      colour: grey ? theme.faint : colourOf(curve.group, theme),
    });
  }
  return ends;
}

export function labelTrace(ends, view) {
  const scale = view.height / (view.y[1] - view.y[0]);
  const places = spread(
    ends.map((end) => (end.place - view.y[0]) * scale),
    BETWEEN_LABELS,
    LABEL / 2,
    view.height - LABEL / 2,
  ).map((pixels) => view.y[0] + pixels / scale);
  return {
    type: "scatter",
    mode: "text",
    x: ends.map((end) => end.x),
    y: places.map((place) => (view.log ? 10 ** place : place)),
    text: ends.map((end) => `  ${end.text}`),
    textposition: "middle right",
    textfont: { size: LABEL, color: ends.map((end) => end.colour) },
    cliponaxis: false,
    hoverinfo: "skip",
    name: "names",
  };
}
