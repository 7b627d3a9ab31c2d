// The exponential moving average that TensorBoard draws, freed of its bias towards zero at the
// start and weighted by time: a gap of two rows counts as two.
//
// iteration  ascending
// values     NaN where there is none; stays NaN
// weight     0 (as it is) to below 1, of what was before, for one row
// spacing    iterations between two rows
export function smooth(iteration, values, weight, spacing) {
  const result = new Float64Array(values.length);
  let sum = 0;
  let share = 0;
  let before = null;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      result[i] = NaN;
      continue;
    }
    const steps = before === null ? 1 : (iteration[i] - before) / spacing;
    const kept = weight ** steps;
    sum = sum * kept + (1 - kept) * values[i];
    share = share * kept + (1 - kept);
    result[i] = sum / share;
    before = iteration[i];
  }
  return result;
}
