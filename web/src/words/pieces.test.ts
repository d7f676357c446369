import assert from "node:assert/strict";
import { test } from "node:test";
import type { Token } from "../state/schema.ts";
import { chipsOf, patched, saidBy, split, withChip } from "./pieces.ts";

const piece = (text: string, kind: Token["kind"], flag: string | null = null, hint: string | null = null): Token => ({
  text, kind, piece: kind, flag, hint,
});
const tokens = [
  piece("a fox ", "prose"),
  piece("--ar ", "flag", "aspect"),
  piece("3:2 ", "value", "aspect"),
  piece("--chaos ", "flag", "chaos"),
  piece("300 ", "error", null, "too much"),
  piece("--raw", "flag", "raw"),
];
const text = tokens.map((own) => own.text).join("");

test("chips are the parameters with their values and what is wrong", () => {
  const chips = chipsOf(tokens);
  assert.deepEqual(chips.map((own) => [own.name, own.value, own.wrong]), [["--ar", "3:2", false], ["--chaos", "300", true], ["--raw", "", false]]);
  assert.equal(chips[1]?.hint, "too much");
  assert.deepEqual(saidBy(tokens), new Set(["aspect", "chaos", "raw"]));
});

test("an unknown parameter is a chip that can be removed", () => {
  const unknown = [piece("a fox ", "prose"), piece("--foo ", "error", null, "unknown"), piece("--no ", "flag", "no"), piece("snow", "value", "no")];
  assert.deepEqual(chipsOf(unknown).map((own) => own.name), ["--foo", "--no"]);
  assert.equal(withChip(unknown, 0, null).trim(), "a fox --no snow");
});

test("a parameter is changed or taken away, and the rest stays", () => {
  assert.equal(withChip(tokens, 0, "16:9").trim(), "a fox --ar 16:9 --chaos 300 --raw");
  assert.equal(withChip(tokens, 1, "30").trim(), "a fox --ar 3:2 --chaos 30 --raw");
  assert.equal(withChip(tokens, 1, null).trim(), "a fox --ar 3:2 --raw");
});

test("pieces of an older text are made to fit, whatever was typed", () => {
  for (const now of [text, `${text} 7`, "a fox --ar 16:9", "", "🦊 a fox", "a fox in snow --ar 3:2"]) {
    assert.equal(patched(tokens, now).map((own) => own.text).join(""), now);
  }
  assert.deepEqual(patched(tokens, text), tokens);
});

test("a prompt is words and parameters", () => {
  assert.deepEqual(split("a fox -- in snow --ar 3:2 --no red, blue"), { words: "a fox -- in snow", flags: ["ar 3:2", "no red, blue"] });
  assert.deepEqual(split("雪地里的一只狐狸"), { words: "雪地里的一只狐狸", flags: [] });
});
