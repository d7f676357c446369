// The text of a prompt as pieces, and changes of it by its parameters. Pieces put together are the text.
import type { Token } from "../state/schema.ts";

export interface Chip {
  flag: string;
  /** As it is written, "--ar". */
  name: string;
  value: string;
  wrong: boolean;
  hint: string;
  hintZh: string;
}

/** Pieces that read the text before it was changed, made to fit it: what changed is plain until it is read. */
export function patched(tokens: readonly Token[], text: string): Token[] {
  const same: Token[] = [];
  let place = 0;
  for (const token of tokens) {
    if (!text.startsWith(token.text, place)) break;
    same.push(token);
    place += token.text.length;
  }
  const rest = text.slice(place);
  return rest ? [...same, { text: rest, kind: "prose", piece: "prose" }] : same;
}

/** The parameters of a prompt, in their order, each with what is said of it. */
export function chipsOf(tokens: readonly Token[]): Chip[] {
  const chips: Chip[] = [];
  for (const token of tokens) {
    const wrong = token.kind === "error";
    const dashed = /^\s*[-–—―－]/.test(token.text);
    const last = chips.at(-1);
    if (token.kind === "flag" || (wrong && dashed)) {
      const name = token.text.trim();
      chips.push({ flag: token.flag ?? "", name, value: "", wrong, hint: token.hint ?? "", hintZh: token.hint_zh ?? "" });
    } else if (last && (wrong || token.flag === last.flag) && token.text.trim()) {
      last.value = `${last.value} ${token.text.trim()}`.trim();
      last.wrong ||= wrong;
      if (wrong && token.hint) Object.assign(last, { hint: token.hint, hintZh: token.hint_zh ?? "" });
    }
  }
  return chips;
}

/** The text with another value of its nth parameter; null takes the parameter away. */
export function withChip(tokens: readonly Token[], nth: number, value: string | null): string {
  let at = -1;
  let text = "";
  for (const token of tokens) {
    const begins = token.kind === "flag" || (token.kind === "error" && /^\s*[-–—―－]/.test(token.text));
    if (begins) at += 1;
    const mine = at === nth && token.kind !== "prose";
    if (!mine) text += token.text;
    else if (begins && value !== null) text += `${token.text.trim()} ${value} `;
  }
  return text.replace(/\s+$/, at >= 0 && value !== null ? " " : "");
}

/** Which parameters a prompt says itself. */
export function saidBy(tokens: readonly Token[]): Set<string> {
  return new Set(chipsOf(tokens).map((chip) => chip.flag));
}

/** A prompt in two: its words, and its parameters as they are shown beside a picture. */
export function split(prompt: string): { words: string; flags: string[] } {
  const at = prompt.search(/(^|\s)--[a-z]/i);
  if (at < 0) return { words: prompt, flags: [] };
  const flags = prompt.slice(at).split(/\s+--/).map((own) => own.replace(/^--/, "").trim()).filter(Boolean);
  return { words: prompt.slice(0, at).trim(), flags };
}
