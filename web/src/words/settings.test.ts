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

test("one's own defaults come last, and only where nothing else says them", () => {
  const own = [{ name: "aspect", text: "--ar 16:9" }, { name: "stylize", text: "--s 300" }, { name: "no", text: "--no people" }];
  const set = { ...PLAIN, stylize: 500 };
  assert.equal(composed("a fox", set, new Set(["aspect"]), own), "a fox --stylize 500 --no people");
  assert.equal(composed("a fox", { ...PLAIN }, new Set(), own), "a fox --ar 16:9 --s 300 --no people");
});

test("shapes go from tall to wide", () => {
  const ratios = ASPECTS.map(ratioOf);
  assert.deepEqual(ratios, [...ratios].sort((a, b) => a - b));
  assert.equal(ratioOf("nothing"), 1);
});
