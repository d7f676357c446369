import assert from "node:assert/strict";
import { test } from "node:test";
import { between, justified, touched } from "./layout.ts";

const measure = { width: 1000, row: 200, gap: 4, heading: 40 };
const ratios = Array.from({ length: 40 }, (_, index) => [1, 1.5, 0.667, 1.778][index % 4]!);

test("rows fill the width and keep the shapes", () => {
  const { places } = justified(ratios, new Set([0]), measure);
  assert.deepEqual(places.map((own) => own.index), [...ratios.keys()]);
  for (const own of places) assert.ok(Math.abs(own.width / own.height - ratios[own.index]!) < 1e-9);
  const tops = [...new Set(places.map((own) => own.top))];
  for (const row of tops.slice(0, -1).map((top) => places.filter((own) => own.top === top))) {
    assert.ok(Math.abs(row.at(-1)!.left + row.at(-1)!.width - 1000) < 1e-6);
    assert.ok(row[0]!.height <= 200 && row[0]!.height > 100);
  }
});

test("a day begins a row under its heading, and one picture alone is not blown up", () => {
  const { places, headings, height } = justified([1, 1, 1], new Set([0, 1]), measure);
  assert.deepEqual(headings, [{ top: 0, index: 0 }, { top: 244, index: 1 }]);
  assert.deepEqual(places.map((own) => [own.left, own.top, own.height]), [[0, 40, 200], [0, 284, 200], [204, 284, 200]]);
  assert.equal(height, 488);
});

test("what is seen, and what a rectangle touches", () => {
  const { places } = justified([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], new Set(), measure);
  const second = places.find((own) => own.top > 0)!;
  assert.deepEqual(between(places, second.top + 1, second.top + 2).map((own) => own.index), [5, 6, 7, 8, 9]);
  assert.deepEqual(touched(places, { left: 10, top: 10, width: 1, height: 1 }), [0]);
  assert.deepEqual(touched(places, { left: 10, top: 10, width: 300, height: 300 }), [0, 1, 5, 6]);
});
