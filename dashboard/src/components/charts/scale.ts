const STEPS = 4;

/** Five whole numbers from 0 on, evenly spaced, of which the last is at least `most`. */
export function ticksUpTo(most: number): number[] {
  const exact = Math.max(most, 1) / STEPS;
  // Halves of a power of ten are round: 15, 250.
  const unit = Math.max(1, 10 ** Math.floor(Math.log10(exact)) / 2);
  const step = Math.ceil(exact / unit) * unit;
  return Array.from({ length: STEPS + 1 }, (_, index) => index * step);
}

/** Every how many bars there is room for a label below. */
export function labelEvery(bars: number, width: number, labelWidth: number): number {
  return Math.max(1, Math.ceil((bars * labelWidth) / Math.max(width, labelWidth)));
}
