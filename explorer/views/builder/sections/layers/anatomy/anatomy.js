// Ties the picture and the table together: what is chosen in one is chosen in the other.

let made = 0;

class Anatomy {
  constructor(root) {
    const id = `anatomy-${++made}`;
    this.root = root;
    this.picture = new Picture(root, {
      choose: (name) => this.choose(this.index.get(name), true),
      toggle: (stage) => this.unfold(stage, !this.state.unfolded.has(stage)),
      point: (element) => this.point(element),
      sentence: (name) => this.facts(this.index.get(name)).join(", "),
    });
    this.bar = document.createElement("div");
    this.bar.className = "anatomy-bar";
    root.append(this.bar);
    this.table = new Table(root, { choose: (i) => this.choose(i), changed: () => {} }, `${id}-table`);
    const note = document.createElement("p");
    note.className = "anatomy-note";
    note.textContent = COUNTED;
    root.append(note);
    this.tip = document.createElement("div");
    this.tip.className = "anatomy-tip";
    this.tip.setAttribute("role", "tooltip");
    this.tip.hidden = true;
    root.append(this.tip);
    this.fillBar(id);
  }

  fillBar(id) {
    this.bar.innerHTML =
      `<fieldset class="anatomy-unit"><legend>Count in</legend>` +
      `<label><input type="radio" name="${id}-unit" value="macs"> MACs, the paper’s “FLOPs”</label>` +
      `<label><input type="radio" name="${id}-unit" value="flops"> FLOPs (2 × MACs)</label></fieldset>` +
      `<label><input type="checkbox" class="anatomy-weighted"> Hide rows without parameters</label>` +
      `<button type="button" data-all="open">Unfold all</button>` +
      `<button type="button" data-all="">Fold all</button>` +
      `<p class="anatomy-chosen" role="status"></p>` +
      `<span id="${id}-table-hint" hidden>Arrow keys walk through the picture, Enter chooses a ` +
      `layer. The table after the picture lists every layer with its shapes and costs.</span>`;
    this.bar.addEventListener("change", ({ target }) => {
      if (target.type === "radio") {
        this.state.unit = target.value;
        this.report("unit", target.value);
      } else this.state.weighted = target.checked;
      this.table.redraw();
      this.tell();
    });
    this.bar.addEventListener("click", ({ target }) => {
      if (target.dataset.all !== undefined) this.table.toggleAll(Boolean(target.dataset.all));
    });
  }

  update({ payload, unit, layer, height, hide }) {
    this.root.dataset.hide = hide;
    this.table.frame.style.maxHeight = `${height}px`;
    if (payload !== this.source) {
      this.source = payload;
      this.payload = JSON.parse(payload);
      this.rows = unpack(this.payload);
      this.index = new Map();
      for (let i = 0; i < this.rows.count; i++) this.index.set(this.rows.name(i), i);
      const stages = group(this.rows);
      const before = this.state;
      this.state = stateOf(this.payload.net, stages);
      if (before) this.state.weighted = before.weighted;
      this.state.unit = unit;
      this.picture.show(this.payload.picture, this.pictured(), this.table.node.id);
      this.table.show(this.payload, this.rows, stages, this.state);
    } else if (unit !== this.asked) {
      this.state.unit = unit;
      this.table.redraw();
    } else return;
    this.asked = unit;
    const { unit: shown, weighted } = this.state;
    this.bar.querySelector(`[value="${shown}"]`).checked = true;
    this.bar.querySelector(".anatomy-weighted").checked = weighted;
    const [unfold] = this.bar.querySelectorAll("button");
    unfold.disabled = this.table.all() > MOST_ROWS;
    unfold.title = unfold.disabled
      ? `${thousands(this.rows.count)} rows are too many at once; unfold a stage or a block.`
      : "";
    this.tell();
    // The link decides once for each net: a later answer may be older than the latest click.
    if (payload !== this.followed) {
      this.followed = payload;
      this.linked = layer;
      if (this.index.has(layer)) this.choose(this.index.get(layer));
    }
  }

  // The picture's state speaks names, the table's row numbers.
  pictured() {
    const { state, rows } = this;
    return {
      unfolded: state.unfolded,
      get chosen() {
        return state.chosen === null ? null : rows.name(state.chosen);
      },
    };
  }

  choose(i, fromPicture = false) {
    if (i === undefined) return;
    this.state.chosen = i;
    const stage = Number(this.rows.stage(i));
    const name = this.rows.name(i);
    if (!fromPicture && this.rows.block[i] > 1 && !this.state.unfolded.has(stage)) {
      this.unfold(stage, true);
    }
    const drawn = this.picture.mark(name);
    if (!fromPicture) {
      this.picture.rove(drawn);
      this.picture.reveal(drawn);
    }
    this.table.choose(i);
    this.tell();
    if (name !== this.linked) {
      this.linked = name;
      this.report("layer", name);
    }
  }

  unfold(stage, open) {
    this.state.unfolded[open ? "add" : "delete"](stage);
    this.point(null);
    this.picture.refold(stage);
  }

  // Name, kind, shapes, parameters and work of a layer, in words.
  facts(i) {
    const { rows, state } = this;
    const window = [rows.kernel(i) && times(rows.kernel(i)), rows.kind(i)].filter(Boolean).join(" ");
    const stride = rows.stride[i] > 1 ? `, stride ${rows.stride[i]}` : "";
    const { times: factor, long } = UNITS[state.unit];
    return [
      rows.name(i),
      `${window}${stride}`,
      `${times(rows.input(i))} → ${times(rows.output(i))}`,
      `${thousands(rows.parameters[i])} parameters`,
      `${thousands(factor * rows.macs[i])} ${long}`,
    ];
  }

  tell() {
    const { chosen } = this.state;
    const words = chosen === null ? "Click a layer to find it in the table." : this.facts(chosen).join(" · ");
    this.bar.querySelector(".anatomy-chosen").textContent = words;
  }

  point(element) {
    const { tip, root } = this;
    tip.hidden = !element;
    if (!element) return;
    const names = [...(element.dataset.with ?? "").split(" ").filter(Boolean), element.dataset.layer];
    const paragraphs = names.map((name) => {
      const node = document.createElement("div");
      const [first, ...rest] = this.facts(this.index.get(name));
      const strong = document.createElement("strong");
      strong.textContent = first;
      node.append(strong);
      for (const fact of rest) node.append(document.createElement("br"), fact);
      return node;
    });
    tip.replaceChildren(...paragraphs);
    // Below the picture, or above it where the window ends: so it never hides a layer.
    const home = root.getBoundingClientRect();
    const frame = this.picture.frame.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const left = (box.left + box.right) / 2 - home.left - tip.offsetWidth / 2;
    const below = frame.bottom + tip.offsetHeight <= innerHeight;
    tip.style.left = `${Math.max(0, Math.min(left, home.width - tip.offsetWidth))}px`;
    tip.style.top = `${(below ? frame.bottom : frame.top - tip.offsetHeight) - home.top}px`;
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".anatomy");
  root.anatomy ??= new Anatomy(root);
  root.anatomy.report = (name, value) => component.setStateValue(name, value);
  root.anatomy.update(component.data);
}
