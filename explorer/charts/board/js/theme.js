// Text, grid and ground take the colours of the page, so that light and dark need one payload.

export function themeOf(node) {
  const style = getComputedStyle(node);
  const of = (name, other) => style.getPropertyValue(name).trim() || other;
  const ground = of("--st-background-color", "#ffffff");
  return {
    dark: luminance(ground) < 0.4,
    ground,
    text: of("--st-text-color", style.color),
    grid: of("--st-border-color-light", "rgba(128,128,128,0.25)"),
    faint: "#8a8a8a",
    family: style.fontFamily,
  };
}

export const X_TITLES = {
  iterations: "iteration",
  epochs: "epoch",
  seconds: "seconds of training",
};

export const colourOf = (group, theme) => (theme.dark ? group.dark : group.light);

export function faded(colour, share) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${share})`;
}

function luminance(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16));
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

let pen = null;

// Pixels that a text takes.
export function widthOf(text, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(text).width;
}

// What every chart has in common; the charts add their axes.
export function layoutOf(theme, width, height) {
  return {
    width,
    height,
    font: { size: 13, color: theme.text, family: theme.family },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    hoverlabel: { bgcolor: theme.ground, font: { color: theme.text, size: 13 } },
    showlegend: false,
    shapes: [],
    annotations: [],
  };
}

export const axisOf = (theme, more) => ({
  gridcolor: theme.grid,
  linecolor: theme.grid,
  zeroline: false,
  ticks: "",
  automargin: false,
  ...more,
});

// Text that plotly.js draws as it is: it takes <a>, <b> and the like for commands.
export const plain = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const heading = (text, theme) => ({
  text,
  xref: "paper",
  yref: "paper",
  x: 0,
  y: 1,
  xanchor: "left",
  yanchor: "bottom",
  showarrow: false,
  font: { size: 14, color: theme.text },
});
