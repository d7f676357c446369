import assert from "node:assert/strict";
import { test } from "node:test";
import { weighed } from "./weights.ts";

/** A field as it is written here: what is chosen between bars. */
function field(written: string) {
  const [before = "", chosen = "", ...after] = written.split("|");
  const text = before + chosen + after.join("");
  const start = before.length;
  return { text, start, end: after.length ? start + chosen.length : start };
}
const at = (written: string) => {
  const text = written.replace("|", "");
  return { text, start: written.indexOf("|"), end: written.indexOf("|") };
};

test("what is chosen becomes a part that counts more, and goes on from there", () => {
  const once = weighed(field("a red fox in the |snow| --ar 3:2"), 1);
  assert.equal(once.text, "a red fox in the:: snow::1.25 --ar 3:2");
  assert.equal(once.text.slice(once.start, once.end), "snow");
  const twice = weighed(once, 1);
  assert.equal(twice.text, "a red fox in the:: snow::1.5 --ar 3:2");
  assert.equal(weighed(weighed(twice, -1), -1).text, "a red fox in the:: snow --ar 3:2");
});

test("in the middle, the rest keeps its weight", () => {
  assert.equal(weighed(field("a |red| fox"), 1).text, "a:: red::1.25 fox");
  assert.equal(weighed(field("sea:: a |red| fox::2 sky"), -1).text, "sea:: a::2 red::1.75 fox::2 sky");
});

test("without a choice it is the word, or the part where there are several", () => {
  assert.equal(weighed(at("a re|d fox"), 1).text, "a:: red::1.25 fox");
  assert.equal(weighed(at("a red fox:: sn|ow fall::2"), 1).text, "a red fox:: snow fall::2.25");
  assert.equal(weighed(at("a r|ed fox::snow"), 1).text, "a red fox::1.25 snow");
});

test("weights have an end, and permutations stay whole", () => {
  assert.equal(weighed(at("a:: b|::10"), 1).text, "a:: b::10");
  assert.equal(weighed(field("a {red|, blue} fox|"), 1).text, "a {red, blue} fox::1.25");
});

test("the number of a parameter steps through its range", () => {
  assert.equal(weighed(at("a fox --s 2|50 --ar 3:2"), 1).text, "a fox --s 260 --ar 3:2");
  assert.equal(weighed(at("a fox --chaos 10|0"), 1).text, "a fox --chaos 100");
  assert.equal(weighed(at("a fox --ar 3:|2"), 1).text, "a fox --ar 16:9");
  assert.equal(weighed(at("a fox --weird|"), 1).text, "a fox --weird 50");
  assert.equal(weighed(at("a fox --no ca|rs"), 1).text, "a fox --no cars");
});
