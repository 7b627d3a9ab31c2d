let loading = null;

function plotly(source) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("plotly.js could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

// Text and grid take the theme's colours, so that light and dark need no second figure.
function themed(layout, node) {
  const style = getComputedStyle(node);
  const text = style.getPropertyValue("--st-text-color").trim() || style.color;
  const grid = style.getPropertyValue("--st-border-color-light").trim() || "rgba(128,128,128,0.25)";
  const ground = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
  const result = {
    ...layout,
    template: undefined,
    font: { ...layout.font, color: text, family: style.fontFamily },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    hoverlabel: { bgcolor: ground, font: { color: text, size: 14 } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: grid, activecolor: text },
  };
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis\d*$/.test(name)) {
      result[name] = { gridcolor: grid, linecolor: grid, zeroline: false, ...layout[name] };
    }
  }
  return result;
}

const config = {
  displaylogo: false,
  responsive: true,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"],
  // Nothing leaves the machine: since plotly.js 3.5 a chart offers to be uploaded, unless told not to.
  showSendToCloud: false,
  plotlyServerURL: "",
};

// A redraw in the middle of a drag would end it, so it waits until the mouse is let go.
function draw(node) {
  clearTimeout(node.waiting);
  if (node._dragging) {
    node.waiting = setTimeout(() => draw(node), 150);
    return;
  }
  if (!node.isConnected) return;
  const { data, layout, height } = node.wanted;
  window.Plotly.react(node, data, { ...themed(layout, node), height }, config);
}

export default function (component) {
  const { data, parentElement } = component;
  const node = parentElement.querySelector(".live-chart");
  node.style.height = `${data.height}px`;
  node.setAttribute("aria-label", data.label);
  node.wanted = { ...JSON.parse(data.figure), height: data.height };
  plotly(data.source).then(
    () => draw(node),
    (error) => {
      node.className = "live-chart-missing";
      node.textContent = `${error.message}; reload the page to try again.`;
    },
  );
  return () => {
    clearTimeout(node.waiting);
    if (window.Plotly && !node.isConnected) window.Plotly.purge(node);
  };
}
