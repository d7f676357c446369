import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, inFull, isFiltered, NOTHING, readQuery, writeQuery } from "./query.ts";

test("an address says what is looked for, and back", () => {
  const query = { ...NOTHING, q: "红 fox --ar 3:2", liked: true, rating: 4, days: 7, trash: true, order: "best" as const, like: "a-0" };
  const address = writeQuery(query);
  assert.deepEqual(readQuery(address.slice(address.indexOf("?"))), query);
  assert.equal(writeQuery(NOTHING), "/library");
  assert.deepEqual(readQuery("?days=-3&rating=99&order=board&nothing=1"), { ...NOTHING, rating: 5 });
});

test("only the order filters nothing", () => {
  assert.ok(!isFiltered({ ...NOTHING, order: "oldest" }));
  assert.ok(isFiltered({ ...NOTHING, model: "house" }));
});

test("parameters are found by their short names", () => {
  assert.equal(inFull(" a fox --s 250 --aspect 3:2 --q .25 "), "a fox --stylize 250 --ar 3:2 --quality 0.25");
});

test("days begin at midnight", () => {
  const noon = new Date(2026, 10, 23, 12).getTime() / 1000;
  assert.equal(asked({ ...NOTHING, days: 1 }, noon).since, noon - 12 * 3600);
  assert.equal(asked(NOTHING, noon).since, undefined);
});
