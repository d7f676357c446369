import assert from "node:assert/strict";
import { test } from "node:test";
import { notesIn } from "./notes.ts";

const words = {
  later: (own: string[], model: string) => `${model} later ${own.join(" ")}`,
  unknown: (model: string, own: string) => `${model} unknown ${own}`,
  letters: (model: string) => `${model} letters`,
};

test("notes of one kind become one, and others stay as they came", () => {
  const later = (name: string) => `\`${name}\` is understood but not honoured yet: house paints as if it were not there.`;
  assert.deepEqual(
    notesIn(words, ["something `new`", later("--chaos"), "The house model does not know “quantum”: it drew the rest.", later("--weird")]),
    ["house later chaos weird", "something new", "house unknown “quantum”"],
  );
});
