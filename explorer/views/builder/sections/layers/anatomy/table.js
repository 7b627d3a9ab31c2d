// The table of the layers: a tree of stages, blocks and layers in which folded rows do not exist.

const MOST_ROWS = 1500; // that "unfold all" may put on the page

class Table {
  // `on` has choose(row), changed()
  constructor(root, on, id) {
    this.on = on;
    this.frame = document.createElement("div");
    this.frame.className = "anatomy-frame anatomy-rows";
    this.node = document.createElement("table");
    this.node.id = id;
    this.node.setAttribute("role", "treegrid");
    this.frame.append(this.node);
    root.append(this.frame);
    this.node.addEventListener("click", (event) => {
      const line = event.target.closest("tbody tr");
      if (!line || !getSelection().isCollapsed) return; // somebody copies a number
      this.rove(line);
      line.focus({ preventScroll: true });
      this.act(line);
    });
    this.node.addEventListener("keydown", (event) => this.pressed(event));
    this.node.addEventListener("focusin", ({ target }) => {
      if (target.matches("tbody tr")) this.rove(target);
    });
  }

  show(payload, rows, stages, state) {
    Object.assign(this, { payload, rows, stages, state, total: payload.total });
    this.groups = new Map();
    for (const stage of stages) {
      this.groups.set(stage.key, stage);
      for (const block of stage.blocks) this.groups.set(block.key, block);
    }
    this.redraw();
  }

  // All of it anew; the frame keeps its place.
  redraw() {
    const { payload, state } = this;
    const place = this.frame.scrollTop;
    const focus = this.node.contains(document.activeElement) && document.activeElement.dataset.key;
    const heads = COLUMNS.map(({ head, hint, number }) => {
      const about = hint ? ` title="${hint}"` : "";
      return `<th scope="col"${number ? ' class="number"' : ""}${about}>${head(state.unit)}</th>`;
    });
    const body = this.stages.map((stage) => this.groupLines(stage)).join("");
    const columns = [56, 78, 140, ...COLUMNS.map(({ width }) => width)];
    this.node.innerHTML =
      `<caption>Layers of ${payload.title}, in the order in which they run</caption>` +
      `<colgroup>${columns.map((width) => `<col style="width:${width}px">`).join("")}</colgroup>` +
      `<thead><tr>${["Stage", "Block", "Layer"].map((name) => `<th scope="col">${name}</th>`).join("")}` +
      `${heads.join("")}</tr></thead><tbody>${body}</tbody>` +
      `<tfoot><tr><th scope="row" colspan="3">Whole net</th>${this.totalCells()}</tr></tfoot>`;
    this.frame.scrollTop = place;
    this.stop = null;
    this.mark(state.chosen);
    this.rove(this.line(focus) ?? this.node.querySelector("tbody .chosen, tbody tr"));
    if (focus) this.line(focus)?.focus({ preventScroll: true });
  }

  totalCells() {
    const { rows, total, state } = this;
    const all = { from: 0, to: rows.count };
    const own = {
      Parameters: thousands(total.parameters),
      [UNITS[state.unit].head]: thousands(UNITS[state.unit].times * total.macs),
      "Activation, bytes": thousands(total.activation_bytes),
      "Field, px": thousands(total.receptive_field),
    };
    return COLUMNS.map(({ head, number, sum: add }) => {
      const words = own[head(state.unit)] ?? add(rows, all, total, state.unit);
      return `<td${number ? ' class="number"' : ""}>${words}</td>`;
    }).join("");
  }

  // The line of a stage or a block and, where it is open, those below it.
  groupLines(group) {
    const { rows, total, state } = this;
    const open = state.open.has(group.key);
    const isBlock = group.block !== undefined;
    const sign = `<span class="sign" aria-hidden="true">${open ? "▼" : "▶"}</span>`;
    const inside = group.blocks?.length;
    const count = inside ? `${inside} ${inside === 1 ? "block" : "blocks"}` : "";
    const layers = `${thousands(group.to - group.from)} layers`;
    const heads = isBlock
      ? `<td class="faint">${group.stage}</td><th scope="row">${sign}${group.block}</th>`
      : `<th scope="row">${sign}${group.stage}</th><td>${count}</td>`;
    const cells = COLUMNS.map(
      ({ number, sum: add }) =>
        `<td${number ? ' class="number"' : ""}>${add(rows, group, total, state.unit)}</td>`,
    ).join("");
    const line =
      `<tr data-key="${group.key}" class="group ${isBlock ? "block" : "stage"}" tabindex="-1" ` +
      `aria-level="${isBlock ? 2 : 1}" aria-expanded="${open}">${heads}<td>${layers}</td>${cells}</tr>`;
    return open ? line + this.inner(group) : line;
  }

  inner(group) {
    if (group.blocks?.length) return group.blocks.map((block) => this.groupLines(block)).join("");
    const lines = [];
    for (let i = group.from; i < group.to; i++) {
      if (!this.state.weighted || this.rows.parameters[i] > 0) lines.push(this.layerLine(i));
    }
    return lines.join("");
  }

  layerLine(i) {
    const { rows, total, state } = this;
    const block = rows.block[i];
    const cells = COLUMNS.map(
      ({ number, cell }) =>
        `<td${number ? ' class="number"' : ""}>${cell(rows, i, total, state.unit)}</td>`,
    ).join("");
    return (
      `<tr data-key="row-${i}" data-row="${i}" tabindex="-1" aria-selected="false" ` +
      `aria-level="${block === null ? 2 : 3}"><td class="faint">${rows.stage(i)}</td>` +
      `<td class="faint">${block ?? ""}</td><th scope="row">${rows.layer(i)}</th>${cells}</tr>`
    );
  }

  line(key) {
    return key ? this.node.querySelector(`tr[data-key="${key}"]`) : null;
  }

  toggle(group, open = !this.state.open.has(group.key)) {
    const line = this.line(group.key);
    this.state.open[open ? "add" : "delete"](group.key);
    if (!line) return;
    const level = Number(line.ariaLevel);
    while (Number(line.nextElementSibling?.ariaLevel ?? 0) > level) {
      line.nextElementSibling.remove();
    }
    line.setAttribute("aria-expanded", String(open));
    line.querySelector(".sign").textContent = open ? "▼" : "▶";
    if (open) line.insertAdjacentHTML("afterend", this.inner(group));
    if (!this.stop?.isConnected) this.rove(line);
    this.mark(this.state.chosen);
    this.on.changed();
  }

  // How many rows there would be with everything unfolded.
  all() {
    return this.rows.count + this.groups.size;
  }

  toggleAll(open) {
    this.state.open = new Set(open ? this.groups.keys() : []);
    this.redraw();
    this.on.changed();
  }

  // Unfolds what a layer is in and brings its row into the frame, below the heads.
  choose(i) {
    const stage = this.stages.find(({ from, to }) => from <= i && i < to);
    const block = stage.blocks.find(({ from, to }) => from <= i && i < to);
    for (const group of [stage, block]) {
      if (group && !this.state.open.has(group.key)) this.toggle(group, true);
    }
    const line = this.mark(i);
    if (!line) return;
    this.rove(line);
    this.reveal(line);
  }

  reveal(line) {
    const { frame, node } = this;
    const head = node.tHead.offsetHeight;
    const top = line.offsetTop - head;
    const bottom = line.offsetTop + line.offsetHeight + node.tFoot.offsetHeight;
    if (top < frame.scrollTop || bottom > frame.scrollTop + frame.clientHeight) {
      frame.scrollTop = line.offsetTop - head - (frame.clientHeight - head) / 3;
    }
  }

  mark(i) {
    for (const old of this.node.querySelectorAll(".chosen")) {
      old.classList.remove("chosen");
      old.setAttribute("aria-selected", "false");
    }
    const line = i === null ? null : this.line(`row-${i}`);
    line?.classList.add("chosen");
    line?.setAttribute("aria-selected", "true");
    return line;
  }

  // A click or Enter: a group folds, a layer is chosen.
  act(line) {
    if (line.dataset.row !== undefined) this.on.choose(Number(line.dataset.row));
    else this.toggle(this.groups.get(line.dataset.key));
  }

  // One stop for the Tab key.
  rove(line) {
    if (!line) return;
    this.stop?.setAttribute("tabindex", "-1");
    this.stop = line;
    line.setAttribute("tabindex", "0");
  }

  pressed(event) {
    const line = event.target.closest("tbody tr");
    if (!line) return;
    const group = this.groups.get(line.dataset.key);
    const open = group && this.state.open.has(group.key);
    const lines = this.node.tBodies[0].rows;
    const parent = () => {
      let above = line.previousElementSibling;
      while (above && Number(above.ariaLevel) >= Number(line.ariaLevel)) {
        above = above.previousElementSibling;
      }
      return above;
    };
    const page = (step) => lines[Math.max(0, Math.min(lines.length - 1, line.sectionRowIndex + step))];
    const moves = {
      ArrowDown: () => line.nextElementSibling,
      ArrowUp: () => line.previousElementSibling,
      PageDown: () => page(10),
      PageUp: () => page(-10),
      Home: () => lines[0],
      End: () => lines[lines.length - 1],
      ArrowLeft: () => (open ? this.toggle(group, false) : parent()),
      ArrowRight: () => (group && !open ? this.toggle(group, true) : open && line.nextElementSibling),
    };
    if (event.key === "Enter" || event.key === " ") this.act(line);
    else if (moves[event.key]) {
      const next = moves[event.key]();
      if (next) {
        this.rove(next);
        next.focus({ preventScroll: true });
        this.reveal(next);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
