import assert from "node:assert/strict";
import { test } from "node:test";
import { ariaKeys, combinationOf, isFirst, KEYS, rowOf } from "./keys.ts";

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) =>
  combinationOf({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("no key does two things in one place", () => {
  for (const group of ["global", "feed", "prompt", "lightbox", "region"]) {
    const keys = KEYS.filter((row) => row.group === group).flatMap((row) => [...row.keys]);
    assert.equal(new Set(keys).size, keys.length, group);
  }
});

test("keys are named as the table has them, whatever shift or the layout makes of them", () => {
  assert.equal(pressed("?", { shiftKey: true }), "?");
  assert.equal(pressed("!", { code: "Digit1", shiftKey: true }), "Shift+1");
  assert.equal(pressed("¡", { code: "Digit1", altKey: true }), "Alt+1");
  assert.equal(pressed("k", { ctrlKey: true }), "Control+K");
  assert.equal(pressed("X", { shiftKey: true }), "Shift+X");
  assert.equal(pressed(" "), "Space");
});

test("two keys after one another are one row, and what is only told is none", () => {
  assert.ok(isFirst("G") && !isFirst("C"));
  assert.equal(rowOf("C", "G")?.id, "goCreate");
  assert.equal(rowOf("Q", ""), undefined);
  assert.equal(rowOf("Enter", ""), undefined);
  assert.equal(rowOf("D", "G")?.id, "download");
});

test("of rows with the same key, that on top is asked which somebody hears", () => {
  const heard = (...groups: string[]) => rowOf("B", "", (row) => groups.includes(row.group))?.id;
  assert.equal(heard("lightbox", "region"), "brush");
  assert.equal(heard("lightbox"), "onBoard");
  assert.equal(heard("global"), undefined);
});

test("assistive technology is told single combinations only", () => {
  assert.equal(ariaKeys("palette"), "/ Control+K Meta+K");
  assert.equal(ariaKeys("goCreate"), undefined);
});
