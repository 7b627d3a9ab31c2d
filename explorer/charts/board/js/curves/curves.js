// What the left chart shows, as numbers: one curve a net and measure, over all its seeds.

import { along, meanAndBand, upTo } from "../data/series.js";
import { smooth } from "../data/smooth.js";

// points: where the rows stand; better: what smoothing starts from, where rows were thinned
export const METRICS = {
  errors: {
    title: "error, %: training dashed, test bold",
    digits: 1,
    unit: " %",
    parts: [
      { name: "train", points: "tests", value: "train", bold: false },
      { name: "test", points: "tests", value: "test", bold: true },
    ],
  },
  loss: {
    title: "training loss",
    digits: 3,
    unit: "",
    parts: [{ name: "", points: "rows", value: "loss", better: "means", bold: true }],
  },
  rate: {
    title: "learning rate",
    digits: 4,
    unit: "",
    parts: [{ name: "", points: "rows", value: "rate", exact: true, bold: true }],
  },
};

// [{ group, at, part, raw, runs, mean }]: `runs` and `raw` are [{ seed, x, y, iteration, seconds }],
// `raw` empty where nothing is smoothed; `mean` over the runs, null where there is one.
//
// known  how many seconds of a run are known
export function curvesOf(data, state, known = () => Infinity) {
  const curves = [];
  data.groups.forEach((group, at) => {
    if (state.hidden.includes(group.name)) return;
    const members = data.runs.filter((run) => run.group === at);
    for (const part of METRICS[state.metric].parts) {
      const weight = part.exact ? 0 : state.smooth;
      const spacing = part.points === "tests" ? group.testEvery : group.logEvery;
      const line = (run, name, weighed) => {
        const points = upTo(run[name], known(run));
        const values = points[part.value];
        return {
          seed: run.seed,
          x: along(points, state.axis, group),
          y: weighed ? smooth(points.iteration, values, weighed, spacing) : values,
          iteration: points.iteration,
          seconds: points.seconds,
        };
      };
      const there = (lines) => lines.filter((each) => each.x.length);
      const raw = there(members.map((run) => line(run, part.points, 0)));
      const runs = weight
        ? there(members.map((run) => line(run, run[part.better] ? part.better : part.points, weight)))
        : raw;
      if (!runs.length) continue;
      const mean = runs.length > 1 ? meanAndBand(runs) : null;
      curves.push({ group, at, part, raw: weight ? raw : [], runs, mean });
    }
  });
  return curves;
}

// The line that stands for a curve: its only run, or the mean.
export function mainLine(curve) {
  return curve.mean ? { x: curve.mean.x, y: curve.mean.mean } : curve.runs[0];
}
