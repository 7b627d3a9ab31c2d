// The board: two charts side by side and their toolbar, drawn from one payload.

import { errorChart } from "./curves/chart.js";
import { buildCrosshair } from "./curves/crosshair.js";
import { element } from "./controls/elements.js";
import { csvOf, savePicture, saveText } from "./controls/exports.js";
import { map, profile, viewOn } from "./layers.js";
import { buildPlayer, knownAt } from "./controls/replay.js";
import { keep, solo, stateOf } from "./state.js";
import { themeOf } from "./theme.js";
import { buildTools } from "./controls/toolbar.js";
import { inflate, stamp, unpack } from "./data/unpacking.js";

const CONFIG = {
  displayModeBar: false,
  showSendToCloud: false, // nothing leaves the machine
  plotlyServerURL: "",
  doubleClick: false,
  showTips: false,
};

let loading = null;

function plotly(source) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = element("script", { src: source });
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("plotly.js could not be loaded; reload the page to try again."));
    };
    document.head.append(script);
  });
  return loading;
}

class Board {
  constructor(node, page) {
    this.node = node;
    this.page = page;
    this.state = stateOf(page.key);
    this.data = null;
    this.stamp = "";
    this.at = null; // under the pointer, in units of the x axis
    this.build();
    this.watching = new ResizeObserver(() => this.ask());
    this.watching.observe(node);
  }

  build() {
    const keyboard = "Arrow keys read the values; drag to zoom.";
    this.left = element("div", { class: "board-chart board-curves", role: "img", tabindex: 0 });
    this.right = element("div", { class: "board-chart board-gradients", role: "img", tabindex: 0 });
    this.left.setAttribute("aria-description", keyboard);
    const frame = element("div", { class: "board-frame" }, this.left);
    this.tools = buildTools({
      change: (changes) => this.change(changes),
      follow: () => this.change({ zoom: null }),
      toggle: (name) => this.hide(this.toggled(name)),
      solo: (name) => this.hide(solo(name, this.names(), this.state.hidden)),
      exports: {
        "Curves, PNG": () => this.picture("png"),
        "Curves, SVG": () => this.picture("svg"),
        "By layer, PNG": () => this.picture("png", "layers"),
        "By layer, SVG": () => this.picture("svg", "layers"),
        "Curves, CSV": () => saveText(csvOf(this.curves, this.state), this.file("csv")),
      },
    });
    const gradients = element("div", { class: "board-frame" }, this.right);
    this.node.append(
      this.tools.row,
      element(
        "div",
        { class: "board-charts" },
        element("div", { class: "board-wide" }, this.tools.left, frame),
        element("div", { class: "board-narrow" }, this.tools.right, gradients),
      ),
    );
    if (this.page.replay) {
      this.player = buildPlayer(
        this.state,
        () => this.data,
        () => this.ask(),
        () => keep(this.page.key),
      );
      this.node.prepend(this.player.node);
    }
    this.crosshair = buildCrosshair(
      this.left,
      frame,
      () => ({ curves: this.curves ?? [], state: this.state, theme: this.theme }),
      (at) => {
        this.at = at;
        this.askGradients();
      },
    );
  }

  names() {
    return this.data.groups.map((group) => group.name);
  }

  toggled(name) {
    const { hidden } = this.state;
    return hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
  }

  hide(hidden) {
    this.change({ hidden });
  }

  // New choices; { y: null } forgets the zoom of the y axis alone.
  change({ y, ...changes }) {
    Object.assign(this.state, changes);
    if (y === null && this.state.zoom) {
      this.state.zoom = this.state.zoom.x ? { x: this.state.zoom.x, y: null } : null;
    }
    keep(this.page.key);
    this.ask();
  }

  async update(page, bytes) {
    this.page = page;
    this.node.style.setProperty("--board-height", `${page.height}px`);
    const fresh = stamp(bytes);
    if (fresh !== this.stamp) {
      this.stamp = fresh;
      try {
        const [data] = await Promise.all([inflate(bytes).then(unpack), plotly(page.plotly)]);
        if (fresh !== this.stamp) return; // a newer one came meanwhile
        this.data = data;
      } catch (error) {
        this.stamp = "";
        this.node.textContent = error.message;
        return;
      }
    }
    this.ask();
  }

  // Draws at the next frame, once, however often it is asked; never in a tab that is not seen.
  ask() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  askGradients() {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      if (this.data) this.drawGradients();
    }, 50);
  }

  draw() {
    if (!this.data || !this.node.isConnected || !this.left.clientWidth) return;
    clearTimeout(this.waiting);
    if (this.left._dragging || this.right._dragging) {
      this.waiting = setTimeout(() => this.ask(), 150); // a redraw would end the drag
      return;
    }
    this.theme = themeOf(this.node);
    this.node.classList.toggle("board-dark", this.theme.dark);
    this.known = this.page.replay ? knownAt(this.data.runs, this.state.time) : () => Infinity;
    const { data, state, theme, known } = this;
    const chart = errorChart(data, state, theme, size(this.left), known, this.page.replay);
    this.curves = chart.curves;
    window.Plotly.react(this.left, chart.data, chart.layout, CONFIG);
    this.listen();
    this.left.setAttribute("aria-label", `Curves of ${data.title}: ${this.names().join(", ")}`);
    this.drawGradients();
    this.player?.show();
    this.crosshair.again();
  }

  drawGradients() {
    if (this.right._dragging || !this.right.clientWidth) return;
    const { data, state, theme, known } = this;
    const pointed = this.at === null ? null : { axis: state.axis, x: this.at };
    const scrubbed = state.scrub === null ? null : { axis: "iterations", x: state.scrub };
    const at = pointed ?? scrubbed;
    const room = size(this.right);
    const view = viewOn(data, state.view);
    const chart =
      view === "map"
        ? map(data, state, theme, room, at, known)
        : profile(data, state, theme, room, at, known, view);
    window.Plotly.react(this.right, chart.data, chart.layout, CONFIG);
    this.right.setAttribute("aria-label", chart.layout.annotations.map((note) => note.text).join("; "));
    this.tools.show(data, state, theme, known, chart.iteration);
  }

  listen() {
    if (this.listening) return;
    this.listening = true;
    this.left.on("plotly_relayout", (changes) => {
      const touched = (axis) => Object.keys(changes).some((name) => name.startsWith(`${axis}.range`));
      const range = (axis) => this.left._fullLayout[axis].range.map(Number);
      const zoom = { x: this.state.zoom?.x ?? null, y: this.state.zoom?.y ?? null };
      if (touched("xaxis")) zoom.x = range("xaxis");
      if (touched("yaxis")) zoom.y = range("yaxis");
      if (zoom.x || zoom.y) this.change({ zoom });
    });
    this.left.on("plotly_doubleclick", () => this.change({ zoom: null }));
  }

  picture(format, which = "curves") {
    const chart = which === "curves" ? this.left : this.right;
    savePicture(chart, this.data.title, this.theme, format, this.file(format, which));
  }

  file(ending, which = this.state.metric) {
    return `${this.data.id}-${which}.${ending}`;
  }

  leave() {
    this.player?.stop();
    keep(this.page.key);
    this.watching.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.waiting);
    clearTimeout(this.soon);
    for (const chart of [this.left, this.right]) window.Plotly?.purge(chart);
    this.node.replaceChildren();
    this.node.board = null;
  }
}

const size = (node) => ({ width: node.clientWidth, height: node.clientHeight });

// Draws a payload in the component's element; returns what Streamlit calls when it is taken away.
export function show(parent, page, bytes) {
  const node = parent.querySelector(".board");
  node.board ??= new Board(node, page);
  const { board } = node;
  board.update(page, bytes);
  return () => board.leave();
}
