import assert from "node:assert/strict";
import { test } from "node:test";
import { type Deed, type Facts, whyNot } from "./why.ts";

const own = { width: 100, height: 50, mine: true, operation: "imagine", imported: null };
const facts = (picture: Partial<Facts["picture"]> = {}, more: Partial<Facts> = {}): Facts => ({
  picture: { ...own, ...picture }, me: { role: "member" }, accepts: ["start"], parents: 1, ...more,
});
const DEEDS: Deed[] = ["paint", "upscale", "square", "rerun", "judge", "style", "compare", "look"];

test("one's own picture can have everything done that its model reads", () => {
  assert.deepEqual(DEEDS.filter((deed) => whyNot(deed, facts())), ["style"]);
  assert.equal(whyNot("style", facts({}, { accepts: ["reference"] })), "");
});

test("each reason is told", () => {
  assert.equal(whyNot("square", facts({ height: 100 })), "square");
  assert.equal(whyNot("upscale", facts({ width: 8193 })), "large");
  assert.equal(whyNot("compare", facts({}, { parents: 0 })), "noParent");
  assert.equal(whyNot("judge", facts({ mine: false })), "notYours");
  assert.equal(whyNot("judge", facts({ mine: false }, { me: { role: "admin" } })), "");
  assert.equal(whyNot("paint", facts({}, { me: { role: "guest" } })), "guest");
});

test("an imported picture is painted on only where it brought words", () => {
  const imported = { program: "", model: "", negative: "", words: "", settings: {} };
  assert.equal(whyNot("paint", facts({ operation: "imported", imported })), "noWords");
  assert.equal(whyNot("paint", facts({ operation: "imported", imported: { ...imported, words: "a fox" } })), "");
  assert.equal(whyNot("rerun", facts({ operation: "imported", imported })), "imported");
  assert.equal(whyNot("upscale", facts({ operation: "imported", imported })), "");
});
