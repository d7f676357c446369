// The parameters of the language with what they do, asked for when they are first wanted.
import { told } from "./actions.svelte.ts";
import { call } from "./api.ts";
import type { ParameterShown } from "./schema.ts";

export const parameters = $state({ rows: [] as ParameterShown[], asked: false });

/** Have them read, once. */
export async function askParameters(): Promise<void> {
  if (parameters.asked) return;
  parameters.asked = true;
  const rows = await told(call("GET /api/parameters"));
  if (rows) parameters.rows = rows;
  else parameters.asked = false;
}

/** One by its name; undefined until they are here. */
export function parameter(name: string): ParameterShown | undefined {
  return parameters.rows.find((own) => own.name === name);
}
