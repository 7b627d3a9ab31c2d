// Lines that are no curves: what people did while it trained, and what the paper measured.

import { along, between } from "../data/series.js";
import { colourOf, widthOf } from "../theme.js";
import { spread } from "../data/label_positions.js";

const SIZE = 11;

// Where an iteration stands on the x axis; NaN where it is not known yet.
function place(data, mark, axis, known) {
  const concerned = data.runs.filter((run) => {
    const { name } = data.groups[run.group];
    return !mark.names.length || mark.names.includes(name);
  });
  for (const run of concerned) {
    const group = data.groups[run.group];
    const { iteration, seconds } = run.rows;
    const at = between(iteration, seconds, Math.max(mark.iteration, iteration[0] ?? 0));
    if (!(at <= known(run))) continue;
    if (axis === "seconds") return at;
    return axis === "epochs" ? mark.iteration / group.perEpoch : mark.iteration;
  }
  return NaN;
}

// Thin vertical lines with a word above the plot, or below in rows where two would touch.
export function eventMarks(data, state, theme, view, known) {
  const shapes = [];
  const annotations = [];
  const ends = [-Infinity, -Infinity, -Infinity]; // of the words in each row, in pixels
  const pixel = view.width / (view.x[1] - view.x[0]);
  for (const mark of data.marks) {
    const names = mark.names.filter((name) => !state.hidden.includes(name));
    if (mark.names.length && !names.length) continue;
    const x = place(data, mark, state.axis, known);
    if (!(x >= view.x[0] && x <= view.x[1])) continue;
    shapes.push({
      type: "line",
      xref: "x",
      yref: "paper",
      x0: x,
      x1: x,
      y0: 0,
      y1: 1,
      line: { color: theme.faint, width: 1, dash: "dot" },
    });
    const text = names.length ? `${names.join(", ")}: ${mark.label}` : mark.label;
    const left = (x - view.x[0]) * pixel;
    const row = ends.findIndex((end) => end < left);
    if (row < 0) continue;
    ends[row] = left + widthOf(text, `${SIZE}px sans-serif`) + 8;
    annotations.push({
      text,
      x,
      y: 1,
      yref: "paper",
      yshift: 14 * (1 - row),
      xanchor: "left",
      yanchor: "top",
      showarrow: false,
      font: { size: SIZE, color: theme.text },
      bgcolor: theme.ground,
      opacity: 0.9,
    });
  }
  return { shapes, annotations };
}

// Horizontal lines with their source, such as the paper's 8.75 % for ResNet-20.
export function reference(data, state, theme, view) {
  const shown = data.overlay.filter(({ group, value }) => {
    const place = view.log ? Math.log10(value) : value;
    const hidden = group !== null && state.hidden.includes(data.groups[group].name);
    return !hidden && place >= view.y[0] && place <= view.y[1];
  });
  const colour = ({ group }) => (group === null ? theme.faint : colourOf(data.groups[group], theme));
  const scale = view.height / (view.y[1] - view.y[0]);
  const heights = shown.map(({ value }) => (view.log ? Math.log10(value) : value) * scale);
  const base = view.y[0] * scale;
  const spreadOut = spread(heights, SIZE + 3, base + SIZE, base + view.height);
  return {
    shapes: shown.map((point) => ({
      type: "line",
      xref: "paper",
      yref: "y",
      x0: 0,
      x1: 1,
      y0: point.value,
      y1: point.value,
      line: { color: colour(point), width: 1.5, dash: "dot" },
    })),
    annotations: shown.map((point, i) => ({
      text: point.label,
      xref: "paper",
      x: 0.01,
      y: view.log ? Math.log10(point.value) : point.value,
      yshift: spreadOut[i] - heights[i],
      xanchor: "left",
      yanchor: "bottom",
      showarrow: false,
      font: { size: SIZE, color: colour(point) },
    })),
  };
}
