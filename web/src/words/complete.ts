// Parameters that what is being typed may become.
import type { ParameterShown } from "../state/schema.ts";

export interface Typed {
  /** Where its dashes begin. */
  from: number;
  name: string;
}

const MOST = 8;

/** The parameter that is being typed before the caret; null where none is. */
export function typedAt(text: string, caret: number): Typed | null {
  const found = /(?:^|\s)((?:--|—|——|－－)([a-z]*))$/i.exec(text.slice(0, caret));
  if (!found || /^[a-z]/i.test(text.slice(caret))) return null;
  return { from: caret - found[1]!.length, name: found[2]!.toLowerCase() };
}

/** What it may be: exact spellings, then beginnings, then names that hold it; what changes pictures goes first. */
export function matches(rows: readonly ParameterShown[], typed: string, honoured: ReadonlySet<string>): ParameterShown[] {
  const rank = (own: ParameterShown) => {
    const near = own.names.includes(typed) ? 0 : own.names.some((name) => name.startsWith(typed)) ? 1 : own.name.includes(typed) ? 2 : 9;
    return near * 4 + (own.group === "Legacy" ? 2 : 0) + (honoured.has(own.name) ? 0 : 1);
  };
  const ranked = rows.map((own, place) => ({ own, place, rank: rank(own) })).filter((row) => row.rank < 36);
  ranked.sort((a, b) => a.rank - b.rank || a.place - b.place);
  return ranked.slice(0, MOST).map((row) => row.own);
}

/** The text with a parameter in place of what was typed, and where the caret is then. */
export function completed(text: string, typed: Typed, caret: number, row: ParameterShown): { text: string; caret: number } {
  const said = `${row.example.split(" ")[0]} `;
  const rest = text.slice(caret).trimStart();
  return { text: text.slice(0, typed.from) + said + rest, caret: typed.from + said.length };
}
