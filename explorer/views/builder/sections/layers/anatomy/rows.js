// The rows of the payload, and how they group into stages and blocks.

const thousands = (number) => number.toLocaleString("en-US");

// One object for all columns: rows.macs[i], rows.kind(i).
function unpack(payload) {
  const rows = { count: payload.rows, ...payload.numbers };
  for (const [name, { words, at }] of Object.entries(payload.words)) {
    rows[name] = (i) => words[at[i]];
  }
  rows.name = (i) => {
    const stage = rows.stage(i);
    if (stage === "first") return `stem.${rows.layer(i)}`;
    if (stage === "last") return `head.${rows.layer(i)}`;
    return `stage${stage}.block${rows.block[i]}.${rows.layer(i)}`;
  };
  return rows;
}

// [{ key, stage, from, to, blocks: [{ key, block, from, to }] }], `to` not included. Rows of a
// stage and of a block follow each other, for the plan is in the order in which layers run.
function group(rows) {
  const stages = [];
  for (let i = 0; i < rows.count; i++) {
    let stage = stages.at(-1);
    if (stage?.stage !== rows.stage(i)) {
      stage = { key: `stage-${rows.stage(i)}`, stage: rows.stage(i), from: i, to: i, blocks: [] };
      stages.push(stage);
    }
    stage.to = i + 1;
    if (rows.block[i] === null) continue;
    let block = stage.blocks.at(-1);
    if (block?.block !== rows.block[i]) {
      const key = `${stage.key}-${rows.block[i]}`;
      block = { key, stage: stage.stage, block: rows.block[i], from: i, to: i };
      stage.blocks.push(block);
    }
    block.to = i + 1;
  }
  return stages;
}

function sum(numbers, { from, to }) {
  let total = 0;
  for (let i = from; i < to; i++) total += numbers[i];
  return total;
}

// The widest field of a group; null after the global pooling.
function field(rows, { from, to }) {
  let widest = null;
  for (let i = from; i < to; i++) widest = Math.max(widest, rows.receptive_field[i]) || null;
  return widest;
}

// What is open and chosen, for each net, so that it is found again after another net was shown.
const kept = new Map();

function stateOf(net, stages) {
  if (!kept.has(net)) {
    const blocks = stages.reduce((count, stage) => count + stage.blocks.length, 0);
    const open = new Set(blocks > 60 ? ["stage-first", "stage-last"] : stages.map((s) => s.key));
    kept.set(net, { unfolded: new Set(), open, chosen: null, weighted: false, unit: "macs" });
  }
  return kept.get(net);
}
