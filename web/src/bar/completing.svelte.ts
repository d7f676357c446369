// What is being completed in the prompt: which rows are offered, and which of them the keyboard is on.
import { askParameters, parameters } from "../state/parameters.svelte.ts";
import type { ParameterShown } from "../state/schema.ts";
import { known } from "../state/store.svelte.ts";
import { completed, matches, typedAt, type Typed } from "../words/complete.ts";

const state = $state({ typed: null as Typed | null, caret: 0, at: -1 });

/** What is offered now; nothing where no parameter is typed, or only one that is whole already. */
export function offered(): ParameterShown[] {
  if (!state.typed) return [];
  const honoured = new Set(known.models?.honours.filter((own) => own.today).map((own) => own.parameter));
  const rows = matches(parameters.rows, state.typed.name, honoured);
  return rows.length === 1 && rows[0]!.names.includes(state.typed.name) ? [] : rows;
}

/** The row that the keyboard is on; -1 for none. */
export function chosenRow(): number {
  return Math.min(state.at, offered().length - 1);
}

/** Look again at what stands before the caret. */
export function look(field: HTMLTextAreaElement): void {
  const typed = field.selectionStart === field.selectionEnd ? typedAt(field.value, field.selectionStart) : null;
  if (typed) void askParameters();
  if (typed?.name !== state.typed?.name) state.at = -1;
  Object.assign(state, { typed, caret: field.selectionStart });
}

/** Offer nothing more. */
export function leave(): void {
  Object.assign(state, { typed: null, at: -1 });
}

/** The keyboard goes to the next row or the one before. */
export function step(by: 1 | -1): void {
  const count = offered().length;
  state.at = state.at < 0 ? (by > 0 ? 0 : count - 1) : (state.at + by + count) % count;
}

/** The text with a row in place of what was typed. */
export function taken(text: string, row: ParameterShown): { text: string; caret: number } {
  return completed(text, state.typed ?? { from: state.caret, name: "" }, state.caret, row);
}
