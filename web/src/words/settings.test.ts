import assert from "node:assert/strict";
import { test } from "node:test";
import { ASPECTS, composed, flagsOf, PLAIN, ratioOf } from "./settings.ts";

test("plain settings say nothing", () => {
  assert.equal(composed("a fox", { ...PLAIN }, new Set()), "a fox");
});

test("what is typed goes before what is set", () => {
  const own = { ...PLAIN, aspect: "3:2", chaos: 20, seed: "7", raw: true };
  assert.equal(composed(" a fox ", own, new Set()), "a fox --ar 3:2 --chaos 20 --raw --seed 7");
  assert.deepEqual(flagsOf(own, new Set(["aspect", "seed"])), ["--chaos 20", "--raw"]);
});

test("shapes go from tall to wide", () => {
  const ratios = ASPECTS.map(ratioOf);
  assert.deepEqual(ratios, [...ratios].sort((a, b) => a - b));
  assert.equal(ratioOf("nothing"), 1);
});
