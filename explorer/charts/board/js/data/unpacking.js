// The bytes of explorer/charts/board/packing.py back into arrays; its table says how each was packed.

const STEPS = 200; // of a decade of a norm
const NOTHING = -32768; // a norm that is zero or was not measured

// The checksum that ends a deflated payload: the same bytes, the same picture.
export function stamp(bytes) {
  return `${bytes.length}.${bytes.slice(-4).join(".")}`;
}

export async function inflate(bytes) {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

function growing(bytes, count) {
  const values = new Int32Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum +=
      bytes[i] | (bytes[count + i] << 8) | (bytes[2 * count + i] << 16) | (bytes[3 * count + i] << 24);
    values[i] = sum;
  }
  return values;
}

function numbers(bytes, count) {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    bits[i] =
      bytes[i] | (bytes[count + i] << 8) | (bytes[2 * count + i] << 16) | (bytes[3 * count + i] << 24);
  }
  return new Float32Array(bits.buffer);
}

// log10 of norms: { columns, layers, values }, one column after another.
function logs(bytes, columns, layers) {
  const count = columns * layers;
  const steps = new Int16Array(count);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    steps[i] = (bytes[i] | (bytes[count + i] << 8)) + (i >= layers ? steps[i - layers] : 0);
    values[i] = steps[i] === NOTHING ? NaN : steps[i] / STEPS;
  }
  return { columns, layers, values };
}

// Numbers as they are, in the same shape.
const matrix = (bytes, columns, layers) => ({ columns, layers, values: numbers(bytes, columns * layers) });

const READERS = {
  i: [4, growing],
  c: [4, (bytes, count) => Float64Array.from(growing(bytes, count), (value) => value / 100)],
  f: [4, numbers],
  l: [2, logs],
  m: [4, matrix],
};

// The header, with arrays in the place of their numbers in the table.
export function unpack(bytes) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  let start = 4 + size;
  const arrays = header.arrays.map(([kind, ...shape]) => {
    const [width, read] = READERS[kind];
    const length = width * shape.reduce((product, side) => product * side, 1);
    const found = read(bytes.subarray(start, start + length), ...shape);
    start += length;
    return found;
  });
  const filled = (points) =>
    points && Object.fromEntries(Object.entries(points).map(([name, at]) => [name, arrays[at]]));
  const runs = (list) =>
    list.map((run) => ({
      ...run,
      tests: filled(run.tests),
      rows: filled(run.rows),
      means: filled(run.means),
      norms: filled(run.norms),
      responses: filled(run.responses),
    }));
  delete header.arrays;
  header.runs = runs(header.runs);
  if (header.behind) header.behind.runs = runs(header.behind.runs);
  return header;
}
