// The right chart, by layer: gradient norms as a profile at one iteration, as a map over all, or in
// ratio to the norms of the weights; or layer responses. Plain and residual nets side by side on
// shared axes.

import { logTicks } from "./data/ranges.js";
import { along, countUpTo, upTo } from "./data/series.js";
import { axisOf, colourOf, faded, heading, layoutOf, X_TITLES } from "./theme.js";

const MARGIN = { l: 52, r: 8, t: 40, b: 40 };
const TICKS = 30; // pixels that a map's numbers take
const GAP = 0.03; // of the width, between two panels

// The last column of a run's norms at or before `at`, { axis, x }; null: the front. -1: none.
export function columnAt(norms, group, at) {
  if (at === null) return norms.iteration.length - 1;
  return countUpTo(along(norms, at.axis, group), at.x) - 1;
}

// What a profile can show.
//
// of        the part of a run that holds it
// has       whether that part holds it
// value     it, of a part, at a place in its values: log10 of it, or itself where it is `linear`
// layers    the layers of a group that have it
// missing   what stands in the place of a chart where there is nothing to draw
const SHOWN = {
  profile: {
    of: "norms",
    has: () => true,
    value: ({ gradients }, place) => gradients.values[place],
    layers: (group) => group.layers,
    what: "gradient norm of each layer's weights",
    missing: () => "Nothing measured yet.",
  },
  ratio: {
    of: "norms",
    has: ({ weights }) => Boolean(weights),
    value: ({ gradients, weights }, place) => gradients.values[place] - weights.values[place],
    layers: (group) => group.layers,
    what: "gradient norm / weight norm",
    missing: (data) =>
      data.runs.some(({ norms }) => norms && !norms.weights)
        ? "The weight norms were not recorded."
        : "Nothing measured yet.",
  },
  responses: {
    of: "responses",
    has: () => true,
    value: ({ deviations }, place) => deviations.values[place],
    layers: (group) => group.answering,
    what: "response of each 3x3 layer (standard deviation)",
    missing: () => "Nothing tested yet.",
    linear: true,
  },
};

// The views that a comparison has: responses only where they were asked for.
export const viewsOf = (data) =>
  data.groups.some(({ responses }) => responses)
    ? ["profile", "map", "ratio", "responses"]
    : ["profile", "map", "ratio"];

// What is drawn where `view` was chosen on a board that may not have it.
export const viewOn = (data, view) => (viewsOf(data).includes(view) ? view : "profile");

// What is shown, by layer, at one column.
export function valuesAt(part, column, shown) {
  const layers = (part.gradients ?? part.deviations).layers;
  return Float64Array.from({ length: layers }, (_, i) => shown.value(part, column * layers + i));
}

// Means over runs, which of logs are geometric means: one list in, one value a layer out.
export function meanOf(lists) {
  return Float64Array.from(lists[0], (_, i) => {
    const there = lists.map((list) => list[i]).filter(Number.isFinite);
    return there.length ? there.reduce((sum, value) => sum + value, 0) / there.length : NaN;
  });
}

function shownRuns(data, state, known, shown) {
  return data.groups.map((group, at) => ({
    group,
    runs: state.hidden.includes(group.name)
      ? []
      : data.runs
          .filter((run) => run.group === at && run[shown.of] && shown.has(run[shown.of]))
          .map((run) => upTo(run[shown.of], known(run)))
          .filter((part) => part.iteration.length),
  }));
}

// All iterations that the scrubber stops at.
export function stops(data, state, known) {
  const shown = SHOWN[viewOn(data, state.view)] ?? SHOWN.profile;
  const parts = shownRuns(data, state, known, shown).flatMap(({ runs }) => runs);
  return [...new Set(parts.flatMap((part) => [...part.iteration]))].sort((a, b) => a - b);
}

// The range of the vertical axis: in decades, or from zero where it is linear.
function range(there, shown) {
  let low = Infinity;
  let high = -Infinity;
  for (const { runs } of there) {
    for (const part of runs) {
      for (let column = 0; column < part.iteration.length; column++) {
        for (const value of valuesAt(part, column, shown)) {
          if (value < low) low = value;
          if (value > high) high = value;
        }
      }
    }
  }
  if (shown.linear) return [0, high > 0 ? 1.06 * high : 1];
  return high >= low ? [low - 0.1, high + 0.1] : [-3, 0];
}

const panelName = (text, x, theme, y = 1) => ({
  text,
  xref: "paper",
  yref: "paper",
  x,
  y,
  xanchor: "left",
  yanchor: "bottom",
  showarrow: false,
  font: { size: 12, color: theme.text },
});

const nothing = (text, theme) => ({
  ...panelName(text, 0.5, theme, 0.5),
  xanchor: "center",
  font: { size: 14, color: theme.text },
});

const title = (text, theme) => ({ ...heading(text, theme), yshift: 17 });

// at      { axis, x } or null for the front
// known   how many seconds of a run are known
// view    which of SHOWN
export function profile(data, state, theme, size, at, known, view) {
  const shown = SHOWN[view];
  const there = shownRuns(data, state, known, shown).filter(({ runs }) => runs.length);
  const kinds = [true, false].filter((plain) => there.some(({ group }) => group.plain === plain));
  const wanted = data.groups.filter(({ name }) => !state.hidden.includes(name));
  const deepest = Math.max(1, ...wanted.map((group) => shown.layers(group).length));
  const y = range(there, shown);
  const traces = [];
  let latest = 0;
  for (const { group, runs } of there) {
    const columns = runs.map((norms) => [norms, columnAt(norms, group, at)]);
    const lists = columns.filter(([, column]) => column >= 0);
    if (!lists.length) continue;
    const found = lists.map(([norms, column]) => valuesAt(norms, column, shown));
    latest = Math.max(latest, ...lists.map(([norms, column]) => norms.iteration[column]));
    const panel = kinds.indexOf(group.plain) ? "2" : "";
    const colour = colourOf(group, theme);
    const trace = (values, more) => ({
      type: "scatter",
      x: Int32Array.from(values, (_, i) => i + 1),
      y: shown.linear ? values : values.map((value) => 10 ** value),
      xaxis: `x${panel}`,
      yaxis: `y${panel}`,
      ...more,
    });
    if (found.length > 1) {
      for (const values of found) {
        const line = { color: faded(colour, 0.35), width: 1 };
        traces.push(trace(values, { mode: "lines", line, hoverinfo: "skip" }));
      }
    }
    const over = found.length > 1 ? `, mean of ${found.length} seeds` : "";
    traces.push(
      trace(meanOf(found), {
        mode: "lines+markers",
        name: group.name,
        text: shown.layers(group),
        line: { color: colour, width: 2.5 },
        marker: { symbol: group.marker, size: 5, color: colour, maxdisplayed: 30 },
        hovertemplate: `${group.name}, %{text} (%{x})<br>%{y:.3g}${over}<extra></extra>`,
      }),
    );
  }
  const width = (1 - GAP * (kinds.length - 1)) / Math.max(1, kinds.length);
  const layout = {
    ...layoutOf(theme, size.width, size.height),
    margin: MARGIN,
    uirevision: view,
    hovermode: "closest",
  };
  (kinds.length ? kinds : [true]).forEach((plain, place) => {
    const number = place ? "2" : "";
    const start = place * (width + GAP);
    layout[`xaxis${number}`] = axisOf(theme, {
      domain: kinds.length ? [start, start + width] : [0, 1],
      range: [0, deepest + 1],
      title: { text: place ? "" : "layer, counted from the input", font: { size: 13 }, standoff: 4 },
      nticks: 6,
      anchor: `y${number}`,
      ...(place ? { matches: "x" } : {}),
    });
    layout[`yaxis${number}`] = axisOf(theme, {
      range: y,
      ...(shown.linear ? {} : { type: "log", ...logTicks(y) }),
      tickfont: { size: 12 },
      anchor: `x${number}`,
      ...(place ? { matches: "y", showticklabels: false } : {}),
    });
    if (kinds.length > 1) {
      layout.annotations.push(panelName(plain ? "plain" : "residual", start, theme));
    }
  });
  const when = latest ? `, iteration ${latest.toLocaleString("en")}` : "";
  layout.annotations.push(title(shown.what + when, theme));
  if (!there.length) {
    layout.annotations.push(nothing(shown.missing(data), theme));
  }
  return { data: traces, layout, iteration: latest };
}

export function map(data, state, theme, size, at, known) {
  const there = shownRuns(data, state, known, SHOWN.profile).filter(({ runs }) => runs.length);
  const rows = there.length > 3 ? 2 : 1;
  const across = Math.max(1, Math.ceil(there.length / rows));
  const [low, high] = range(there, SHOWN.profile).map((edge, i) => edge + (i ? -0.1 : 0.1));
  const gap = Math.min(0.2, TICKS / Math.max(1, size.width - MARGIN.l - MARGIN.r));
  const ticks = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power++) ticks.push(power);
  const layout = {
    ...layoutOf(theme, size.width, size.height),
    margin: { ...MARGIN, r: 58 },
    uirevision: "map",
    hovermode: "closest",
  };
  layout.annotations.push(title("gradient norm of each layer's weights over time", theme));
  const traces = there.map(({ group, runs }, place) => {
    const number = place ? String(place + 1) : "";
    const [row, column] = [Math.floor(place / across), place % across];
    const width = (1 - gap * (across - 1)) / across;
    const height = (1 - 0.16 * (rows - 1)) / rows;
    const left = column * (width + gap);
    const top = 1 - row * (height + 0.16);
    const longest = runs.reduce((a, b) => (b.iteration.length > a.iteration.length ? b : a));
    const x = along(longest, state.axis, group);
    const z = group.layers.map(() => new Float64Array(x.length));
    x.forEach((value, i) => {
      const seeds = runs
        .map((norms) => [norms, columnAt(norms, group, { axis: state.axis, x: value })])
        .filter(([, found]) => found >= 0)
        .map(([norms, found]) => valuesAt(norms, found, SHOWN.profile));
      meanOf(seeds).forEach((log, layer) => {
        z[layer][i] = log;
      });
    });
    layout[`xaxis${number}`] = axisOf(theme, {
      domain: [left, left + width],
      anchor: `y${number}`,
      nticks: 4,
      tickfont: { size: 11 },
      showticklabels: row === rows - 1 || place + across >= there.length,
      title: {
        text: row === rows - 1 && !column ? X_TITLES[state.axis] : "",
        font: { size: 13 },
        standoff: 4,
      },
    });
    layout[`yaxis${number}`] = axisOf(theme, {
      domain: [top - height, top],
      anchor: `x${number}`,
      range: [0.5, group.layers.length + 0.5],
      nticks: 6,
      tickfont: { size: 11 },
      title: { text: column ? "" : "layer", font: { size: 13 }, standoff: 4 },
    });
    const name = panelName(group.name, left, theme, top);
    name.font.color = colourOf(group, theme);
    layout.annotations.push(name);
    if (at !== null) {
      const [first, ...others] = runs;
      const found = columnAt(first, group, at);
      if (found >= 0) {
        const mark = x[Math.min(found, x.length - 1)];
        layout.shapes.push({
          type: "line",
          xref: `x${number}`,
          yref: `y${number} domain`,
          x0: mark,
          x1: mark,
          y0: 0,
          y1: 1,
          line: { color: "#ffffff", width: 1.5, dash: others.length ? "dash" : "solid" },
        });
      }
    }
    return {
      type: "heatmap",
      name: group.name,
      x,
      z,
      y: group.layers.map((_, i) => i + 1),
      text: group.layers,
      customdata: z.map((list) => Array.from(list, (log) => 10 ** log)),
      zmin: low,
      zmax: high,
      colorscale: "Viridis",
      showscale: place === 0,
      colorbar: {
        thickness: 10,
        outlinewidth: 0,
        tickvals: ticks,
        ticktext: ticks.map((power) => `10<sup>${power}</sup>`),
      },
      xaxis: `x${number}`,
      yaxis: `y${number}`,
      hovertemplate: `${group.name}, layer %{y}<br>${state.axis} %{x}: %{customdata:.3g}<extra></extra>`,
    };
  });
  if (!there.length) layout.annotations.push(nothing("Nothing measured yet.", theme));
  return { data: traces, layout, iteration: 0 };
}
