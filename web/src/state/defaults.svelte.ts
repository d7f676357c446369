// One's own parameters for every prompt, as /prefer suffix has them.
import { chipsOf, split } from "../words/pieces.ts";
import { call } from "./api.ts";
import { keep, kept } from "./kept.ts";
import type { Fault } from "./schema.ts";

/** A parameter by its name in the language, and as it is written. */
export interface Flag {
  name: string;
  text: string;
}

export const defaults = $state(kept("defaults", { text: "", flags: [] as Flag[] }));

/** Have the parameters read, and keep them where nothing is wrong. What is wrong; "words" where more than that is said. */
export async function setDefaults(typed: string): Promise<Fault[] | "words"> {
  const text = typed.trim();
  if (split(text).words) return "words";
  const parsed = await call("POST /api/parse", { body: { text: `x ${text}` } });
  if (parsed.errors.length) return parsed.errors;
  const flags = chipsOf(parsed.tokens).map((own) => ({ name: own.flag, text: `${own.name} ${own.value}`.trim() }));
  Object.assign(defaults, { text, flags });
  keep("defaults", { text, flags });
  return [];
}
