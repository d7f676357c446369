import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "./models.ts";

test("the facts of a model are those of what it makes in the end", () => {
  const stage = { name: "base", steps: 20, sampler: "euler", guidance: 4.504, scale: 1, paints: true };
  const told = { pixels: 1152, multiple: 4, pictures: 4, maximum_aspect: 2.5, stages: [stage, { ...stage, name: "upper", scale: 4 }] };
  const facts = factsOf(told);
  assert.equal(facts?.size, "128 × 128");
  assert.deepEqual(facts?.stages.map((own) => [own.name, own.guidance]), [["base", "4.5"], ["upper", "4.5"]]);
  assert.equal(factsOf(null), null);
});
