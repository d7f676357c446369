import assert from "node:assert/strict";
import { test } from "node:test";
import { FIT, fitting, inside, toggled, zoomed } from "./zoom.ts";

const box = { width: 800, height: 600 };
const small = { width: 100, height: 100 };
const large = { width: 3200, height: 1200 };

test("what is pointed at stays there", () => {
  const at = { x: 30, y: -40 };
  const near = zoomed(FIT, 4, at, box, small);
  assert.equal((at.x - near.x) / near.scale, at.x);
  assert.equal((at.y - near.y) / near.scale, at.y);
  assert.equal(near.scale, 4);
});

test("a picture goes no further than its edges, and back to the middle", () => {
  const near = zoomed(FIT, 2, { x: 0, y: 0 }, box, large);
  assert.deepEqual(inside({ ...near, x: 9999, y: 9999 }, box, large), { scale: 2, x: 400, y: 0 });
  assert.deepEqual(zoomed({ scale: 2, x: 400, y: 0 }, 0.01, { x: 5, y: 5 }, box, large), { scale: 1, x: 0, y: 0 });
});

test("100 % is one pixel for one, for small pictures too", () => {
  for (const picture of [small, large]) {
    const whole = toggled(FIT, box, picture);
    assert.equal(whole.scale * fitting(box, picture), 1);
    assert.deepEqual(toggled(whole, box, picture), FIT);
  }
});
