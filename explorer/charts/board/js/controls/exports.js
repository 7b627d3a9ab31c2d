// What is shown, as a picture or as a table.

import { mainLine } from "../curves/curves.js";
import { plain } from "../theme.js";

const COLUMNS = ["net", "seed", "curve", "iteration", "epoch", "seconds", "value"];
const DIGITS = 7; // of a float32

const cell = (value) => {
  if (typeof value === "string") {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; // a spreadsheet would compute it
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : "";
};

// The curves of the chart as CSV text, within the zoomed range where there is one.
export function csvOf(curves, state) {
  const [low, high] = state.zoom?.x ?? [-Infinity, Infinity];
  const lines = [COLUMNS.join(",")];
  const add = (...cells) => lines.push(cells.map(cell).join(","));
  const smoothed = state.smooth && state.metric !== "rate" ? `, smoothed ${state.smooth}` : "";
  for (const curve of curves) {
    const { name } = curve.group;
    const what = { errors: `${curve.part.name} error %`, loss: "loss", rate: "learning rate" };
    const label = what[state.metric];
    for (const [runs, note] of [
      [curve.raw, ""],
      [curve.runs, curve.raw.length ? smoothed : ""],
    ]) {
      for (const run of runs) {
        run.x.forEach((x, i) => {
          if (x < low || x > high) return;
          const epoch = curve.group.perEpoch ? run.iteration[i] / curve.group.perEpoch : NaN;
          add(name, String(run.seed), label + note, run.iteration[i], epoch, run.seconds[i], run.y[i]);
        });
      }
    }
    if (!curve.mean) continue;
    const line = mainLine(curve);
    line.x.forEach((x, i) => {
      if (x < low || x > high) return;
      const on = (axis) => (state.axis === axis ? x : NaN);
      const mean = `mean of ${curve.mean.count[i]}`;
      const places = [on("iterations"), on("epochs"), on("seconds")];
      add(name, mean, label + smoothed, ...places, line.y[i]);
    });
  }
  return `${lines.join("\n")}\n`;
}

export function saveText(text, name) {
  save(URL.createObjectURL(new Blob([text], { type: "text/csv" })), name, true);
}

// A chart as "png" or "svg", on the page's ground, with the comparison's title above it.
export async function savePicture(chart, title, theme, format, name) {
  const { data, layout } = chart;
  const url = await window.Plotly.toImage(
    {
      data,
      layout: {
        ...layout,
        paper_bgcolor: theme.ground,
        plot_bgcolor: theme.ground,
        height: layout.height + 34,
        margin: { ...layout.margin, t: layout.margin.t + 34 },
        title: { text: plain(title), x: 0.01, y: 0.99, yanchor: "top", font: { size: 15 } },
      },
    },
    { format, width: layout.width, height: layout.height + 34, scale: format === "png" ? 2 : 1 },
  );
  save(url, name, false);
}

function save(url, name, revoke) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  if (revoke) setTimeout(() => URL.revokeObjectURL(url), 1000);
}
