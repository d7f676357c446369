import assert from "node:assert/strict";
import { test } from "node:test";
import { amountOf } from "./amounts.ts";
import { PROGRAMS, snippet } from "./snippets.ts";

test("amounts have the unit that leaves the fewest digits", () => {
  const seen = [0, 999, 1000, 1234567, 9949999, 9950001, 999499999, 999500001, 5e15].map(amountOf);
  assert.deepEqual(seen, ["0 B", "999 B", "1.0 kB", "1.2 MB", "9.9 MB", "10 MB", "999 MB", "1.0 GB", "5000 TB"]);
});

test("pieces to copy name the server, and a key only where one is needed", () => {
  for (const program of PROGRAMS) assert.ok(snippet(program, "http://here:1", true).includes("http://here:1"));
  assert.ok(snippet("curl", "http://here:1", true).includes("Bearer $SFUMATO_KEY"));
  assert.ok(!snippet("curl", "http://here:1", false).includes("Bearer"));
  assert.ok(!snippet("openai", "http://here:1", false).includes("environ"));
});
