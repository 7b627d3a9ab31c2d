// Positions as near to `values` as they can be with `gap` between them, within low and high.
export function spread(values, gap, low, high) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const step = Math.min(gap, (high - low) / Math.max(1, values.length - 1));
  const reach = (members) => (step * (members.length - 1)) / 2;
  const groups = []; // of labels that touch: { middle, members }
  for (const index of order) {
    let members = [index];
    let middle = values[index];
    while (groups.length) {
      const before = groups[groups.length - 1];
      if (middle - reach(members) >= before.middle + reach(before.members) + step) break;
      groups.pop();
      members = [...before.members, ...members];
      middle = members.reduce((sum, member) => sum + values[member], 0) / members.length;
    }
    middle = Math.min(Math.max(middle, low + reach(members)), high - reach(members));
    groups.push({ middle, members });
  }
  const places = new Array(values.length).fill(0);
  for (const { middle, members } of groups) {
    members.forEach((member, rank) => {
      places[member] = middle + step * (rank - (members.length - 1) / 2);
    });
  }
  return places;
}
