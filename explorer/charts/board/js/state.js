// What a reader chose, kept in the browser for each board: over refreshes, remounts and reloads.

const START = {
  metric: "errors", // errors, loss, rate
  axis: "iterations", // iterations, epochs, seconds
  scale: "linear", // linear, log
  smooth: 0, // 0 to 0.99
  hidden: [], // names of nets
  band: "range", // of seeds: range (lowest to highest), deviation
  zoom: null, // { x, y }: ranges in axis units, null where the front is followed
  view: "profile", // of the layers: profile, map, ratio, responses
  scrub: null, // an iteration, null for the latest
  time: 0, // of a replay, seconds
  speed: null,
};

const states = new Map();
const nameOf = (key) => `resnet-board:${key}`;

export function stateOf(key) {
  if (!states.has(key)) {
    let kept = {};
    try {
      kept = JSON.parse(sessionStorage.getItem(nameOf(key)) ?? "{}");
    } catch {
      // no storage here: what was chosen lives as long as the page
    }
    states.set(key, { ...START, ...kept });
  }
  return states.get(key);
}

export function keep(key) {
  try {
    sessionStorage.setItem(nameOf(key), JSON.stringify(states.get(key)));
  } catch {
    // as above
  }
}

// The names to hide so that one net is alone; none where it is alone already.
export function solo(name, names, hidden) {
  const others = names.filter((other) => other !== name);
  const alone = !hidden.includes(name) && others.every((other) => hidden.includes(other));
  return alone ? [] : others;
}
