// A line through all curves under the pointer, and one box with the value of each there.

import { mainLine, METRICS } from "./curves.js";
import { element } from "../controls/elements.js";
import { between, nearest } from "../data/series.js";
import { colourOf } from "../theme.js";

const WORDS = { iterations: "iteration", epochs: "epoch", seconds: "second" };

// The values at x: [{ group, colour, values: [text], count }] in the order of the nets.
export function valuesAt(curves, metric, x, theme) {
  const { digits, unit } = METRICS[metric];
  const lines = new Map();
  for (const curve of curves) {
    const line = mainLine(curve);
    const at = nearest(line.x, x);
    const value = at < 0 ? NaN : line.y[at];
    if (!Number.isFinite(value)) continue;
    const number =
      metric === "rate" ? Number(value.toPrecision(digits)).toString() : value.toFixed(digits);
    const spreading = curve.mean && curve.mean.count[at] > 1;
    const more = spreading ? ` ± ${curve.mean.deviation[at].toFixed(digits)}` : "";
    const entry = lines.get(curve.at) ?? {
      name: curve.group.name,
      colour: colourOf(curve.group, theme),
      values: [],
      count: curve.mean ? curve.mean.count[at] : 0,
    };
    entry.values.push(`${curve.part.name} ${number}${more}${unit}`.trim());
    lines.set(curve.at, entry);
  }
  return [...lines.values()];
}

// What an x of one axis is in the others, from the first curve that reaches it.
export function elsewhere(curves, axis, x) {
  for (const curve of curves) {
    const [run] = curve.runs;
    if (x < run.x[0] || x > run.x.at(-1)) continue;
    const iteration = between(run.x, run.iteration, x);
    const words = [`iteration ${Math.round(iteration).toLocaleString("en")}`];
    if (curve.group.perEpoch) words.push(`epoch ${(iteration / curve.group.perEpoch).toFixed(1)}`);
    words.push(`${Math.round(between(run.x, run.seconds, x))} s`);
    return words.join(", ");
  }
  return `${WORDS[axis]} ${Math.round(x).toLocaleString("en")}`;
}

// chart: the plotly node; read() gives { curves, state, theme }; moved(x or null) tells others.
export function buildCrosshair(chart, frame, read, moved) {
  const line = element("div", { class: "board-cross", hidden: "" });
  const box = element("div", { class: "board-hover", hidden: "" });
  const spoken = element("div", { class: "board-spoken", "aria-live": "polite" });
  frame.append(line, box, spoken);
  let at = null; // x in axis units

  function hide() {
    if (at === null) return;
    at = null;
    line.hidden = box.hidden = true;
    moved(null);
  }

  function show(aloud = false) {
    const size = chart._fullLayout?._size;
    if (at === null || !size) return;
    const { curves, state, theme } = read();
    const [low, high] = chart._fullLayout.xaxis.range;
    const left = size.l + ((at - low) / (high - low)) * size.w;
    if (!curves.length || left < size.l - 1 || left > size.l + size.w + 1) {
      hide();
      return;
    }
    const found = valuesAt(curves, state.metric, at, theme);
    const header = elsewhere(curves, state.axis, at);
    const rows = found.map(({ name, colour, values, count }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row", style: `color: ${colour}` }, name),
        ...values.map((value) => element("td", {}, value)),
        element("td", {}, count > 1 ? `N = ${count}` : ""),
      ),
    );
    box.replaceChildren(element("div", {}, header), element("table", {}, ...rows));
    line.style.cssText = `left:${left}px;top:${size.t}px;height:${size.h}px`;
    line.hidden = box.hidden = false;
    const toTheRight = left + 14 + box.offsetWidth < frame.clientWidth;
    box.style.left = `${toTheRight ? left + 14 : Math.max(0, left - 14 - box.offsetWidth)}px`;
    box.style.top = `${size.t + 4}px`;
    if (aloud) {
      const told = found.map(({ name, values }) => `${name}: ${values.join(", ")}`).join("; ");
      spoken.textContent = `${header}: ${told}`;
    }
    moved(at);
  }

  chart.addEventListener("pointermove", (event) => {
    const size = chart._fullLayout?._size;
    if (!size) return;
    const { left, top } = chart.getBoundingClientRect();
    const x = event.clientX - left - size.l;
    const y = event.clientY - top - size.t;
    if (x < 0 || x > size.w || y < 0 || y > size.h || event.buttons) {
      hide();
      return;
    }
    const [low, high] = chart._fullLayout.xaxis.range;
    at = low + (x / size.w) * (high - low);
    show();
  });
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") hide();
    if (!direction || !chart._fullLayout) return;
    event.preventDefault();
    const [low, high] = chart._fullLayout.xaxis.range;
    const next = (at ?? (direction > 0 ? low : high)) + (direction * (high - low)) / 50;
    at = Math.min(high, Math.max(low, next));
    show(true);
  });
  return { again: () => show(), hide };
}
