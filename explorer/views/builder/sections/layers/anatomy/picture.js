// The picture: stages that fold, layers that are pointed at, chosen, and walked with the keys.

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 1100; // pixels for the folded picture, below which its words are too small to read

class Picture {
  // `on` has choose(name), toggle(stage), point(element or null)
  constructor(root, on) {
    this.on = on;
    this.frame = document.createElement("div");
    this.frame.className = "anatomy-frame anatomy-picture";
    this.svg = document.createElementNS(SVG, "svg");
    this.legend = document.createElementNS(SVG, "svg");
    this.legend.classList.add("anatomy-legend");
    this.frame.append(this.svg);
    root.append(this.frame, this.legend);
    this.frame.addEventListener("scroll", () => this.keepHeadings(), { passive: true });
    this.svg.addEventListener("click", (event) => this.clicked(event));
    this.svg.addEventListener("keydown", (event) => this.pressed(event));
    this.svg.addEventListener("pointerover", (event) => on.point(layerAt(event.target)));
    this.svg.addEventListener("pointerleave", () => on.point(null));
    this.svg.addEventListener("focusin", (event) => {
      this.rove(event.target);
      on.point(layerAt(event.target));
    });
    this.svg.addEventListener("focusout", () => on.point(null));
  }

  show(drawn, state, tableId) {
    this.drawn = drawn;
    this.state = state;
    this.stop = null;
    const { svg } = this;
    svg.replaceChildren();
    svg.setAttribute("role", "graphics-document");
    svg.setAttribute("aria-roledescription", "picture of a network");
    svg.setAttribute("aria-label", `${drawn.label}: ${drawn.text}`);
    svg.setAttribute("aria-describedby", `${tableId}-hint`);
    for (const each of [svg, this.legend]) {
      for (const [name, value] of [["font-size", 13], ["fill", "currentColor"]]) {
        each.setAttribute(name, value);
      }
    }
    const { width, legend_top: top, legend_height: tall } = drawn;
    this.legend.setAttribute("viewBox", `0 ${top} ${width} ${tall}`);
    this.legend.setAttribute("aria-hidden", "true");
    this.legend.innerHTML = drawn.legend;
    this.sections = drawn.sections.map((section) => {
      const node = document.createElementNS(SVG, "g");
      node.classList.add("section");
      svg.append(node);
      return { section, node };
    });
    for (const each of this.sections) this.fill(each);
    this.place();
  }

  // Draws a section as it is folded now.
  fill({ section, node }) {
    const { number } = this.drawn;
    const open = section.count > 0 && this.state.unfolded.has(section.stage);
    let markup = open ? section.unfolded : section.folded;
    if (open) {
      const blocks = [];
      for (let i = 0; i < section.count; i++) {
        const x = (section.start + i * section.step).toFixed(1);
        const block = section.block.replaceAll(number, i + 2);
        blocks.push(`<g transform="translate(${x},0)">${block}</g>`);
      }
      markup += blocks.join("");
    }
    node.innerHTML = markup;
    for (const arc of node.querySelectorAll(".shortcut > path:first-of-type")) {
      const near = arc.cloneNode(); // a line of 2 px is hard to point at
      near.setAttribute("class", "near");
      arc.parentNode.append(near);
    }
    const toggle = node.querySelector("[data-toggle]");
    if (toggle) {
      toggle.setAttribute("role", "button");
      toggle.setAttribute("tabindex", "-1");
      toggle.setAttribute("aria-expanded", String(open));
      toggle.setAttribute("aria-label", `${toggle.firstChild.textContent}, all drawn`);
      toggle.firstChild.append(open ? " ▼" : " ▶");
      const hint = document.createElementNS(SVG, "title");
      hint.textContent = open ? "Fold the blocks" : "Draw every block";
      toggle.prepend(hint);
    }
  }

  // Puts the sections side by side and makes the picture as wide as they need.
  place() {
    const { drawn, svg, state } = this;
    let x = 0;
    for (const { section, node } of this.sections) {
      const open = section.count > 0 && state.unfolded.has(section.stage);
      node.setAttribute("transform", `translate(${x.toFixed(1)},0)`);
      x += (open ? section.unfolded_width : section.folded_width) + drawn.gap;
    }
    const width = Math.max(drawn.width, x - drawn.gap);
    svg.setAttribute("viewBox", `0 0 ${width.toFixed(0)} ${drawn.height}`);
    svg.style.width = `${(100 * width) / drawn.width}%`;
    svg.style.minWidth = `${(LEAST * width) / drawn.width}px`;
    this.width = width;
    this.mark(state.chosen);
    this.rove(this.svg.querySelector(".chosen") ?? this.svg.querySelector("[data-layer]"));
    this.keepHeadings();
  }

  refold(stage) {
    const each = this.sections.find(({ section }) => section.stage === stage);
    const held = each.node.contains(document.activeElement);
    this.fill(each);
    this.place();
    const toggle = each.node.querySelector("[data-toggle]");
    if (held) toggle.focus({ preventScroll: true });
    this.reveal(toggle);
  }

  // The heading of a stage wider than the frame stays in sight.
  keepHeadings() {
    const scale = this.svg.clientWidth / this.width || 1;
    const left = this.frame.scrollLeft / scale;
    const right = left + this.frame.clientWidth / scale;
    let x = 0;
    for (const { section, node } of this.sections) {
      const open = section.count > 0 && this.state.unfolded.has(section.stage);
      const wide = open ? section.unfolded_width : section.folded_width;
      const heading = node.querySelector(".heading");
      if (open) {
        const seen = (Math.max(left, x) + Math.min(right, x + wide)) / 2 - x;
        const most = Math.max(0, wide / 2 - 95);
        const shift = Math.min(most, Math.max(-most, seen - wide / 2));
        heading.setAttribute("transform", `translate(${shift.toFixed(1)},0)`);
      }
      x += wide + this.drawn.gap;
    }
  }

  find(name) {
    return name && this.svg.querySelector(`[data-layer="${name}"],[data-with~="${name}"]`);
  }

  mark(name) {
    for (const old of this.svg.querySelectorAll(".chosen")) old.classList.remove("chosen");
    const found = this.find(name);
    found?.classList.add("chosen");
    return found;
  }

  // Scrolls the frame, and never the page, until an element is in it.
  reveal(element) {
    if (!element) return;
    const frame = this.frame.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const margin = 60;
    if (box.left < frame.left + margin || box.right > frame.right - margin) {
      this.frame.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
    }
  }

  clicked(event) {
    const toggle = event.target.closest("[data-toggle],[data-unfold]");
    if (toggle) {
      this.on.toggle(Number(toggle.dataset.toggle ?? toggle.dataset.unfold));
      return;
    }
    const layer = layerAt(event.target);
    if (!layer) return;
    this.rove(layer);
    layer.focus({ preventScroll: true });
    this.on.choose(layer.dataset.layer);
  }

  // One stop for the Tab key: the last element that had the focus.
  rove(element) {
    const stop = element?.closest("[data-layer],[data-toggle]");
    if (!stop) return;
    this.stop?.setAttribute("tabindex", "-1");
    this.stop = stop;
    stop.setAttribute("tabindex", "0");
    if (!stop.hasAttribute("data-layer")) return;
    stop.setAttribute("role", "button");
    stop.setAttribute("aria-label", this.on.sentence(stop.dataset.layer));
  }

  pressed(event) {
    const stops = [...this.svg.querySelectorAll("[data-layer],[data-toggle]")];
    const at = stops.indexOf(event.target);
    if (at < 0) return;
    const toggles = stops.filter((stop) => stop.dataset.toggle);
    const section = event.target.closest(".section");
    const near = (step) => {
      const own = this.sections.findIndex(({ node }) => node === section);
      return this.sections[own + step]?.node.querySelector("[data-layer]");
    };
    const moves = {
      ArrowRight: () => stops[at + 1],
      ArrowLeft: () => stops[at - 1],
      ArrowUp: () => section.querySelector("[data-toggle]") ?? toggles[0],
      ArrowDown: () => section.querySelector("[data-layer]"),
      PageDown: () => near(1),
      PageUp: () => near(-1),
      Home: () => stops[0],
      End: () => stops.at(-1),
    };
    if (event.key === "Enter" || event.key === " ") this.clicked(event);
    else if (event.key === "Escape") this.on.point(null);
    else if (moves[event.key]) {
      const next = moves[event.key]();
      if (next) {
        this.rove(next);
        next.focus({ preventScroll: true });
        this.reveal(next);
        this.on.point(layerAt(next));
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function layerAt(target) {
  return target?.closest?.("[data-layer]") ?? null;
}
