// The left chart: errors, loss or learning rate.

import { curvesOf, mainLine, METRICS } from "./curves.js";
import { eventMarks, reference } from "./marks.js";
import { around, followedX, logTicks } from "../data/ranges.js";
import { axisOf, heading, layoutOf, plain, widthOf, X_TITLES } from "../theme.js";
import { LABEL, labelsOf, labelTrace, tracesOf } from "./traces.js";

const MARKS = 14; // pixels above the plot for what was done to the runs
const MARGIN = { l: 46, t: 24, b: 40 };

// { data, layout, curves } for Plotly.react.
//
// known  how many seconds of a run are known; `replay` says that they are fewer than there are
export function errorChart(data, state, theme, size, known, replay) {
  const { metric, axis, scale, zoom } = state;
  const curves = curvesOf(data, state, known);
  const grey = data.behind ? curvesOf(data.behind, { ...state, hidden: [], smooth: 0 }) : [];
  const reach = replay ? curvesOf(data, state) : curves; // so that a replay's axes stand still
  const all = [...reach, ...grey].flatMap((curve) => [
    ...mainLine(curve).y,
    ...(curve.mean ? [...curve.mean.high, ...curve.mean.low] : []),
  ]);
  const x = zoom?.x ?? followedX(data, axis, replay);
  const y = zoom?.y ?? around(all, metric, scale);
  const names = [...curves, ...grey].map((each) => `  ${each.group.name} ${each.part.name}`);
  const longest = Math.max(0, ...names.map((name) => widthOf(name, `${LABEL}px ${theme.family}`)));
  const margin = {
    ...MARGIN,
    t: MARGIN.t + (data.marks.length ? MARKS : 0),
    r: Math.min(0.34 * size.width, Math.ceil(longest) + 6),
  };
  const view = {
    x,
    y,
    log: scale === "log",
    width: Math.max(1, size.width - margin.l - margin.r),
    height: Math.max(1, size.height - margin.t - margin.b),
  };
  const events = eventMarks(data, state, theme, view, known);
  const paper = metric === "errors" ? reference(data, state, theme, view) : null;
  const ends = [...labelsOf(curves, theme, view), ...labelsOf(grey, theme, view, true)];
  const behind = data.behind ? `; in grey: ${plain(data.behind.title)}` : "";
  const layout = {
    ...layoutOf(theme, size.width, size.height),
    margin,
    uirevision: JSON.stringify([metric, axis, scale, zoom]),
    hovermode: false,
    dragmode: "zoom",
    xaxis: axisOf(theme, {
      title: { text: X_TITLES[axis], font: { size: 13 }, standoff: 4 },
      range: x,
      autorange: false,
      nticks: 7,
      tickformat: axis === "iterations" ? "," : "",
    }),
    yaxis: axisOf(theme, {
      type: scale,
      range: y,
      autorange: false,
      ...(scale === "log" ? logTicks(y) : { nticks: 7 }),
    }),
    shapes: [...events.shapes, ...(paper?.shapes ?? [])],
    annotations: [
      { ...heading(METRICS[metric].title + behind, theme), yshift: margin.t - MARGIN.t },
      ...events.annotations,
      ...(paper?.annotations ?? []),
    ],
  };
  const traces = [
    ...tracesOf(grey, theme, state.band, true),
    ...tracesOf(curves, theme, state.band),
    labelTrace(ends, view),
  ];
  return { data: traces, layout, curves };
}
