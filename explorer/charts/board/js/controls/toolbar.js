// The toolbar above the charts: made once, so that focus survives a refresh.

import { element, menu, segmented, slider } from "./elements.js";
import { stops, viewOn, viewsOf } from "../layers.js";
import { AXES } from "../data/series.js";
import { colourOf } from "../theme.js";

const GLYPHS = {
  circle: "●",
  "circle-open": "○",
  "circle-open-dot": "◉",
  square: "■",
  "square-open": "□",
  "square-open-dot": "▣",
  diamond: "◆",
  "diamond-open": "◇",
  "diamond-open-dot": "◈",
  cross: "✚",
  "cross-open": "✛",
  "cross-open-dot": "✜",
};

// change(changes) takes new choices; follow, solo(name), toggle(name) and exports are the board's.
export function buildTools({ change, follow, solo, toggle, exports }) {
  const metric = segmented(
    "What the curves show",
    [
      ["errors", "errors", "Training error (dashed) and test error (bold), in percent"],
      ["loss", "loss", "Training loss: mean cross-entropy"],
      ["rate", "rate", "Learning rate"],
    ],
    (value) => change({ metric: value, y: null }),
  );
  const axis = segmented(
    "Horizontal axis",
    AXES.map((name) => [name, name, `Draw the curves over ${name}`]),
    (value) => change({ axis: value, zoom: null }),
  );
  const scale = segmented(
    "Vertical axis",
    [
      ["linear", "linear", "Linear axis"],
      ["log", "log", "Logarithmic axis"],
    ],
    (value) => change({ scale: value, y: null }),
  );
  const weight = element("output", { class: "board-value" });
  const smoothing = slider(
    "Smoothing",
    "Smoothing: exponential moving average over time; the raw curve stays behind it",
    { min: 0, max: 0.99, step: 0.01 },
    (value) => change({ smooth: value }),
  );
  const view = segmented(
    "By layer",
    [
      ["profile", "profile", "Gradient norm of each layer at one iteration"],
      ["map", "map", "Gradient norms of all layers over the training"],
      ["ratio", "ratio", "Gradient norm divided by the norm of the layer's weights"],
      ["responses", "responses", "Standard deviation of each 3x3 layer's output (the paper's Fig. 7)"],
    ],
    (value) => change({ view: value }),
  );
  const scrubbed = element("output", { class: "board-value board-scrubbed" });
  let iterations = [];
  const scrubber = slider(
    "Iteration of the layers",
    "Go back through the iterations; at the right end it shows the latest",
    { min: 0, max: 1, step: 1 },
    (place) =>
      change({ scrub: place >= iterations.length - 1 ? null : (iterations[place] ?? null) }),
  );
  const chips = element("div", { class: "board-chips", role: "group", "aria-label": "Nets" });
  const band = segmented(
    "Band of the seeds",
    [
      ["range", "min–max", "The band reaches from the lowest to the highest seed"],
      ["deviation", "± s.d.", "The band is one standard deviation of the seeds on either side"],
    ],
    (value) => change({ band: value }),
  );
  const followButton = element(
    "button",
    {
      type: "button",
      class: "board-follow",
      title: "Show everything again and follow the newest values (or double-click the chart)",
      onclick: follow,
    },
    "Follow",
  );
  const label = element("label", { class: "board-labelled" }, "smooth", smoothing.node, weight);
  const left = element("div", { class: "board-tools" }, metric.node, axis.node, scale.node, label);
  const right = element("div", { class: "board-tools" }, view.node, scrubber.node, scrubbed);
  const saving = menu(
    "Export",
    "Save what is shown as a picture or as a table",
    Object.entries(exports),
  );
  const row = element("div", { class: "board-row" }, chips, band.node, followButton, saving);
  let drawn = "";

  function showChips(data, state, theme) {
    const counts = data.groups.map((_, at) => data.runs.filter((run) => run.group === at).length);
    const signature = JSON.stringify([data.groups.map((g) => [g.name, g.light]), counts, theme.dark]);
    if (signature !== drawn) {
      drawn = signature;
      chips.replaceChildren(
        ...data.groups.map((group, at) => chip(group, counts[at], theme, { toggle, solo })),
      );
    }
    [...chips.children].forEach((node, at) => {
      node.setAttribute("aria-pressed", !state.hidden.includes(data.groups[at].name));
    });
    band.node.hidden = Math.max(...counts) < 2;
  }

  function show(data, state, theme, known, iteration) {
    metric.show(state.metric);
    axis.show(state.axis, (name) => name !== "epochs" || data.groups.every((g) => g.perEpoch));
    scale.show(state.scale);
    smoothing.show(state.smooth);
    smoothing.node.disabled = state.metric === "rate";
    weight.textContent = state.smooth.toFixed(2);
    const views = viewsOf(data);
    view.show(viewOn(data, state.view), undefined, (name) => views.includes(name));
    band.show(state.band);
    followButton.hidden = !state.zoom;
    iterations = stops(data, state, known);
    const last = Math.max(0, iterations.length - 1);
    const place = state.scrub === null ? last : iterations.findLastIndex((i) => i <= state.scrub);
    scrubber.show(Math.max(0, place), last);
    const words = state.scrub === null ? "latest" : `iteration ${state.scrub.toLocaleString("en")}`;
    scrubber.node.setAttribute("aria-valuetext", words);
    scrubbed.textContent = state.scrub === null ? "latest" : (iteration || 0).toLocaleString("en");
    showChips(data, state, theme);
  }

  return { left, right, row, show };
}

function chip(group, seeds, theme, { toggle, solo }) {
  const colour = colourOf(group, theme);
  const glyph = element("span", { style: `color: ${colour}`, "aria-hidden": "true" });
  glyph.textContent = `━${GLYPHS[group.marker] ?? "●"}━`;
  const name = element("span", { class: "board-name" }, group.name);
  const count = seeds > 1 ? [element("span", { class: "board-count" }, `N = ${seeds}`)] : [];
  return element(
    "button",
    {
      type: "button",
      class: "board-chip",
      title: "Click: hide or show. Double-click, Alt-click or the S key: this net alone.",
      "aria-keyshortcuts": "S",
      onclick: (event) => (event.altKey ? solo(group.name) : toggle(group.name)),
      ondblclick: () => solo(group.name),
      onkeydown: (event) => {
        if (event.key === "s" || event.key === "S") solo(group.name);
      },
    },
    glyph,
    name,
    ...count,
  );
}
