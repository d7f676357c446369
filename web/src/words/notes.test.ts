import assert from "node:assert/strict";
import { test } from "node:test";
import { notesIn } from "./notes.ts";

const words = { later: (own: string[], model: string) => `${model} later ${own.join(" ")}` };

test("notes of one kind become one, and others are shown as the server says them", () => {
  const later = (name: string) => `\`${name}\` is understood but not honoured yet: house paints as if it were not there.`;
  const notes = ["something `new`", later("--chaos"), later("--weird")];
  assert.deepEqual(notesIn(words, notes, notes), ["house later chaos weird", "something new"]);
  assert.deepEqual(notesIn(words, notes, ["`新`的", "一", "二"]), ["house later chaos weird", "新的"]);
  assert.deepEqual(notesIn(words, [], []), []);
});
