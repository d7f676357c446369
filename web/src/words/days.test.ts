import assert from "node:assert/strict";
import { test } from "node:test";
import { byDay, dayOf, daysBefore } from "./days.ts";

const at = (day: number, hour: number) => ({ created: new Date(2026, 2, day, hour).getTime() / 1000 });

test("things are grouped by their local day, in order", () => {
  const days = byDay([at(2, 9), at(2, 0), at(1, 23)]);
  assert.deepEqual(days.map((own) => [own.key, own.rows.length]), [["2026-03-02", 2], ["2026-03-01", 1]]);
});

test("days are counted over the ends of months", () => {
  assert.equal(daysBefore("2026-02-28", dayOf(new Date(2026, 2, 1, 0, 1).getTime())), 1);
  assert.equal(daysBefore("2026-03-01", "2026-03-01"), 0);
});
