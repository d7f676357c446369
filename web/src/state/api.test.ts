import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, newKey } from "./api.ts";

test("addresses hold what was said and nothing else", () => {
  assert.equal(addressOf("/api/jobs/{job}/retry", { job: "a/b" }), "/api/jobs/a%2Fb/retry");
  assert.equal(addressOf("/api/pictures", {}, { q: "红 fox&", cursor: "", liked: false, since: undefined }), "/api/pictures?q=%E7%BA%A2+fox%26&liked=false");
});

test("keys are new each time", () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(newKey(), newKey());
});
