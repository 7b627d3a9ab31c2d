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
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};

export default function (component) {
  const { data, parentElement } = component;
  const node = parentElement.querySelector(".live-chart");
  node.style.height = `${data.height}px`;
  node.setAttribute("aria-label", data.label);
  const figure = JSON.parse(data.figure);
  plotly(data.source).then(
    (Plotly) => {
      if (!node.isConnected) return;
      const layout = themed(figure.layout, node);
      layout.height = data.height;
      Plotly.react(node, figure.data, layout, config);
    },
    (error) => {
      node.className = "live-chart-missing";
      node.textContent = `${error.message}; reload the page to try again.`;
    },
  );
  return () => {
    if (window.Plotly && !node.isConnected) window.Plotly.purge(node);
  };
}
