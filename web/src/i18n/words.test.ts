import assert from "node:assert/strict";
import { test } from "node:test";
import { KEYS } from "../state/keys.ts";
import { SCREENS } from "../state/screens.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

const paths = (own: object, before = ""): string[] =>
  Object.entries(own).flatMap(([name, value]) => (typeof value === "object" ? paths(value, `${before}${name}.`) : [before + name]));

test("both languages say the same things", () => {
  assert.deepEqual(paths(zh).sort(), paths(en).sort());
});

test("every key and every screen has a name", () => {
  for (const row of KEYS) assert.ok(en.keys[row.id]);
  for (const row of SCREENS) assert.ok(en.screens[row.name] && zh.screens[row.name]);
});
