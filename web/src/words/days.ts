// Days, as a feed is divided by them.

export interface Day<T> {
  key: string;
  rows: T[];
}

/** Things in groups of one day each, in the order they come; `created` is in seconds since 1970. */
export function byDay<T extends { created: number }>(rows: readonly T[]): Day<T>[] {
  const days: Day<T>[] = [];
  for (const row of rows) {
    const key = dayOf(row.created * 1000);
    const last = days.at(-1);
    if (last?.key === key) last.rows.push(row);
    else days.push({ key, rows: [row] });
  }
  return days;
}

/** The local day of a moment in milliseconds, as 2026-11-23. */
export function dayOf(moment: number): string {
  const date = new Date(moment);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** How many days before another a day is. */
export function daysBefore(key: string, today: string): number {
  return Math.round((Date.parse(today) - Date.parse(key)) / 86_400_000);
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
