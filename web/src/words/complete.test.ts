import assert from "node:assert/strict";
import { test } from "node:test";
import type { ParameterShown } from "../state/schema.ts";
import { completed, matches, typedAt } from "./complete.ts";

const row = (name: string, names: string[], group = "The picture"): ParameterShown => ({
  name, names: [name, ...names], group, bare: false, example: `--${names[0] ?? name} 1`, help: "", help_zh: "",
});
const rows = [row("aspect", ["ar"]), row("stylize", ["s"]), row("seed", []), row("sref", []), row("sl", [], "Legacy"), row("motion", [])];

test("a parameter is being typed at the caret alone", () => {
  assert.deepEqual(typedAt("a fox --St", 10), { from: 6, name: "st" });
  assert.deepEqual(typedAt("狐狸 —ar", 6), { from: 3, name: "ar" });
  assert.deepEqual(typedAt("--", 2), { from: 0, name: "" });
  assert.equal(typedAt("a fox--s", 8), null);
  assert.equal(typedAt("a fox --ar ", 11), null);
  assert.equal(typedAt("a --stylize", 5), null);
});

test("the exact one goes first, the past goes last, and what changes pictures before the rest", () => {
  assert.deepEqual(matches(rows, "s", new Set(["seed"])).map((own) => own.name), ["stylize", "seed", "sref", "sl", "aspect"]);
  assert.deepEqual(matches(rows, "ot", new Set()).map((own) => own.name), ["motion"]);
  assert.deepEqual(matches(rows, "xyz", new Set()), []);
});

test("what was typed is replaced, and the caret stands where the value goes", () => {
  const typed = typedAt("a fox --as --raw", 10)!;
  assert.deepEqual(completed("a fox --as --raw", typed, 10, rows[0]!), { text: "a fox --ar --raw", caret: 11 });
});
