import assert from "node:assert/strict";
import { test } from "node:test";
import { stepped } from "./walk.ts";

const row = (top: number, count: number) => Array.from({ length: count }, (_, index) => ({ left: index * 100, top, width: 100, height: 80 }));

test("arrows go where the pictures are", () => {
  const boxes = [...row(0, 4), ...row(100, 2), ...row(200, 4)];
  assert.equal(stepped(boxes, 0, "ArrowRight"), 1);
  assert.equal(stepped(boxes, 3, "ArrowDown"), 5);
  assert.equal(stepped(boxes, 5, "ArrowDown"), 7);
  assert.equal(stepped(boxes, 4, "ArrowUp"), 0);
  assert.equal(stepped(boxes, 0, "ArrowUp"), 0);
  assert.equal(stepped(boxes, 9, "ArrowRight"), 9);
});
