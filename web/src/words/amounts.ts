// Amounts as people read them.

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes with three digits at most: "0 B", "1.2 MB", "34 GB". */
export function amountOf(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
