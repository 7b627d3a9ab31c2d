// A recorded comparison played back by its recorded seconds: the clock, and its bar.

import { element, segmented, slider } from "./elements.js";
import { countUpTo } from "../data/series.js";

const SPEEDS = [1, 2, 5, 20, 100];
const PLEASANT = 30; // seconds that a replay takes at the speed it starts with
const TICK = 100; // milliseconds

const lastOf = (run) => Math.max(run.tests.seconds.at(-1) ?? 0, run.rows.seconds.at(-1) ?? 0);

// When each turn of seeds began: they trained one after another.
export function beginnings(runs) {
  const lengths = new Map();
  for (const run of runs) {
    lengths.set(run.turn, Math.max(lengths.get(run.turn) ?? 0, lastOf(run)));
  }
  const began = new Map();
  let sum = 0;
  for (const turn of [...lengths.keys()].sort((a, b) => a - b)) {
    began.set(turn, sum);
    sum += lengths.get(turn);
  }
  return { began, whole: sum };
}

// Seconds of a run that are known at a time of the replay.
export function knownAt(runs, time) {
  const { began } = beginnings(runs);
  return (run) => time - began.get(run.turn);
}

export function pleasantSpeed(whole) {
  return SPEEDS.find((speed) => whole / speed <= PLEASANT * 1.5) ?? SPEEDS.at(-1);
}

const clockText = (seconds) => {
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

// The furthest iteration that is known.
export function reached(runs, known) {
  let far = 0;
  for (const run of runs) {
    for (const points of [run.tests, run.rows]) {
      const count = countUpTo(points.seconds, known(run));
      if (count) far = Math.max(far, points.iteration[count - 1]);
    }
  }
  return far;
}

// state.time is the moment shown; draw() is called when it moved, keep() when it is worth keeping.
export function buildPlayer(state, read, draw, keep) {
  let timer = null;
  let last = 0;
  const whole = () => beginnings(read()?.runs ?? []).whole;

  function pause() {
    clearInterval(timer);
    timer = null;
    keep();
    show();
  }

  function tick() {
    const now = performance.now();
    const end = whole();
    state.time = Math.min(end, state.time + (state.speed * (now - last)) / 1000);
    last = now;
    if (state.time >= end) pause();
    show();
    draw();
  }

  function play() {
    if (state.time >= whole()) state.time = 0;
    last = performance.now();
    timer ??= setInterval(tick, TICK);
    show();
    draw();
  }

  function to(time) {
    state.time = time;
    show();
    draw();
    if (timer === null) keep();
  }

  const button = element("button", {
    type: "button",
    class: "board-play",
    onclick: () => (timer === null ? play() : pause()),
  });
  const restart = element(
    "button",
    {
      type: "button",
      title: "Back to the beginning",
      onclick: () => to(0),
    },
    "Restart",
  );
  const speeds = segmented(
    "Speed",
    SPEEDS.map((speed) => [speed, `${speed}×`, `${speed} times as fast as it was recorded`]),
    (speed) => {
      state.speed = speed;
      keep();
      show();
    },
  );
  const scrub = slider("Time of the replay", "Go to a moment", { min: 0, max: 1, step: "any" }, (v) =>
    to(v),
  );
  const text = element("output", { class: "board-value" });
  const node = element(
    "div",
    { class: "board-player", role: "group", "aria-label": "Replay" },
    button,
    restart,
    scrub.node,
    text,
    speeds.node,
  );

  function show() {
    const data = read();
    if (!data) return;
    const end = whole();
    state.speed ??= pleasantSpeed(end);
    button.textContent = timer === null ? "Play" : "Pause";
    scrub.show(state.time, end);
    speeds.show(state.speed);
    const iteration = reached(data.runs, knownAt(data.runs, state.time));
    const words = `${clockText(state.time)} of ${clockText(end)}, iteration ${iteration.toLocaleString("en")}`;
    text.textContent = words;
    scrub.node.setAttribute("aria-valuetext", words);
  }

  return { node, show, stop: () => clearInterval(timer), playing: () => timer !== null };
}
