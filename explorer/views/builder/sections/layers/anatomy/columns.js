// The columns of the table: what heads them, and what a layer, a block or a stage has in them.

const UNITS = {
  macs: { head: "MACs", times: 1, long: "MACs (multiply-adds)" },
  flops: { head: "FLOPs", times: 2, long: "FLOPs (2 × MACs)" },
};
const SHAPE = "Channels × height × width.";
const COUNTED =
  "One MAC is one multiply-add; the paper counts MACs and calls them FLOPs. Here a FLOP is half a " +
  "MAC, one multiplication or one addition: FLOPs = 2 × MACs. As in the paper, only convolutions " +
  "and the fully connected layer count.";

const times = (shape) => shape.replaceAll("x", "×");
const percent = (part, whole) => `${((100 * part) / whole).toFixed(2)} %`;
const or = (number) => (number === null ? "" : thousands(number));

// head(unit), width in px, hint, of a layer: cell(rows, i, total, unit), of a group of rows:
// sum(rows, group, total, unit). Columns of numbers stand right.
const COLUMNS = [
  { head: () => "Kind", width: 104, cell: (rows, i) => rows.kind(i), sum: () => "" },
  {
    head: () => "Kernel",
    width: 56,
    hint: "Height and width of its window, in pixels.",
    cell: (rows, i) => times(rows.kernel(i)),
    sum: () => "",
  },
  {
    head: () => "Stride",
    width: 56,
    hint: "Pixels from one window to the next; 2 halves the map.",
    number: true,
    cell: (rows, i) => or(rows.stride[i]),
    sum: () => "",
  },
  {
    head: () => "Input",
    width: 86,
    hint: SHAPE,
    cell: (rows, i) => times(rows.input(i)),
    sum: (rows, { from }) => times(rows.input(from)),
  },
  {
    head: () => "Output",
    width: 86,
    hint: SHAPE,
    cell: (rows, i) => times(rows.output(i)),
    sum: (rows, { to }) => times(rows.output(to - 1)),
  },
  {
    head: () => "Parameters",
    width: 88,
    number: true,
    cell: (rows, i) => thousands(rows.parameters[i]),
    sum: (rows, group) => thousands(sum(rows.parameters, group)),
  },
  {
    head: (unit) => UNITS[unit].head,
    width: 116,
    hint: COUNTED,
    number: true,
    cell: (rows, i, total, unit) => thousands(UNITS[unit].times * rows.macs[i]),
    sum: (rows, group, total, unit) => thousands(UNITS[unit].times * sum(rows.macs, group)),
  },
  {
    head: (unit) => `of all ${UNITS[unit].head}`,
    width: 84,
    number: true,
    cell: (rows, i, total) => percent(rows.macs[i], total.macs),
    sum: (rows, group, total) => percent(sum(rows.macs, group), total.macs),
  },
  {
    head: () => "Activation, bytes",
    width: 92,
    hint: "Of one image in fp32; 0 where a layer writes over its input or is a view of it.",
    number: true,
    cell: (rows, i) => thousands(rows.activation_bytes[i]),
    sum: (rows, group) => thousands(sum(rows.activation_bytes, group)),
  },
  {
    head: () => "Field, px",
    width: 64,
    hint:
      "Receptive field: the side of the square of input pixels that can change one output " +
      "value. Empty after the last pooling, which sees everything.",
    number: true,
    cell: (rows, i) => or(rows.receptive_field[i]),
    sum: (rows, group) => or(field(rows, group)),
  },
];
