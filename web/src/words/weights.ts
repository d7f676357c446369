// How much a part of the words counts, and the numbers of parameters, changed by the keyboard.
import { ALIASES, ASPECTS, RANGES } from "./settings.ts";

/** A text, and what of it is chosen; `start` is `end` where that is only a place. */
export interface Field {
  text: string;
  start: number;
  end: number;
}
interface Part {
  from: number;
  to: number;
  weight: number;
  /** Where the part's `::`, with its number and the blank behind it, ends; `to` where it has none. */
  next: number;
}

const STEP = 0.25;
const LEAST = -2;
const MOST = 10;
const FLAG = /(^|\s)--([a-z]+)[ \t]*([^\s]*)/gi;
const MARK = /::(-?(?:\d+\.?\d*|\.\d+)(?=\s|$))?\s*/g;

/** The field where what is chosen counts a step more (1) or less (-1): words by their weight, a parameter by its value. */
export function weighed(field: Field, step: 1 | -1): Field {
  const at = field.text.search(/(^|\s)--[a-z]/i);
  if (at >= 0 && field.start > at) return turned(field, step);
  const words = at < 0 ? field.text : field.text.slice(0, at);
  const changed = inWords({ ...field, text: words, end: Math.min(field.end, words.length) }, step);
  return { ...changed, text: changed.text + field.text.slice(words.length) };
}

function turned(field: Field, step: 1 | -1): Field {
  for (const found of field.text.matchAll(FLAG)) {
    const [all, blank = "", name = "", value = ""] = found;
    const from = found.index + blank.length;
    const end = found.index + all.length;
    if (field.start < from || field.start > end) continue;
    const next = beside(ALIASES[name.toLowerCase()] ?? name.toLowerCase(), value, step);
    if (next === null) return field;
    const text = `${field.text.slice(0, from)}--${name} ${next}${field.text.slice(end)}`;
    const place = from + 3 + name.length + next.length;
    return { text, start: place, end: place };
  }
  return field;
}

/** The value next to one; null where there is none. */
function beside(name: string, value: string, step: 1 | -1): string | null {
  if (name === "aspect") {
    const at = ASPECTS.findIndex((own) => own === value);
    return at < 0 ? null : (ASPECTS[at + step] ?? null);
  }
  const range = RANGES[name];
  if (!range) return null;
  const [low, high, by, plain] = range;
  const number = Number.parseFloat(value);
  const next = Math.max(low, Math.min(high, (Number.isFinite(number) ? number : plain) + step * by));
  return String(Math.round(next * 100) / 100);
}

function inWords(field: Field, step: 1 | -1): Field {
  const parts = partsOf(field.text);
  const part = parts.find((own) => field.start < own.next || own === parts.at(-1))!;
  const word = field.start === field.end && parts.length === 1 ? around(field) : field;
  const [start, end] = trimmed(field.text, Math.max(word.start, part.from), Math.min(word.end, part.to));
  const [from, to] = trimmed(field.text, part.from, part.to);
  const whole = start >= end || (start <= from && end >= to) || isTorn(field.text.slice(start, end));
  return whole ? raised(field.text, part, step) : carved(field.text, part, start, end, step);
}

function raised(text: string, part: Part, step: 1 | -1): Field {
  const [from, to] = trimmed(text, part.from, part.to);
  const rest = text.slice(part.next);
  const said = marked(bound(part.weight + step * STEP), rest !== "");
  return { text: text.slice(0, to) + said + rest, start: from, end: to };
}

/** What is chosen becomes a part of its own; what is before and behind it keeps the weight that it had. */
function carved(text: string, part: Part, start: number, end: number, step: 1 | -1): Field {
  const before = text.slice(part.from, start).trimEnd();
  const after = text.slice(end, part.to).trimStart();
  const head = text.slice(0, part.from) + (before && before + marked(part.weight, true));
  const said = marked(bound(part.weight + step * STEP), after !== "" || part.next < text.length);
  const tail = after ? after + text.slice(part.to) : text.slice(part.next);
  return { text: head + text.slice(start, end) + said + tail, start: head.length, end: head.length + end - start };
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const mark of text.matchAll(MARK)) {
    const weight = mark[1] === undefined ? 1 : Number(mark[1]);
    parts.push({ from, to: mark.index, weight, next: mark.index + mark[0].length });
    from = mark.index + mark[0].length;
  }
  if (from < text.length || !parts.length) parts.push({ from, to: text.length, weight: 1, next: text.length });
  return parts;
}

/** A weight as it is written; one of 1 only where something follows. */
function marked(weight: number, follows: boolean): string {
  if (weight === 1) return follows ? ":: " : "";
  return `::${Math.round(weight * 100) / 100}${follows ? " " : ""}`;
}

const bound = (weight: number) => Math.max(LEAST, Math.min(MOST, weight));

function around({ text, start }: Field): { start: number; end: number } {
  const before = /[^\s,;.、，。；]*$/u.exec(text.slice(0, start))![0].length;
  const after = /^[^\s,;.、，。；]*/u.exec(text.slice(start))![0].length;
  return { start: start - before, end: start + after };
}

function trimmed(text: string, start: number, end: number): [number, number] {
  const own = text.slice(start, end);
  return [start + own.length - own.trimStart().length, end - own.length + own.trimEnd().length];
}

/** Whether a permutation would be cut in two. */
function isTorn(text: string): boolean {
  return text.split("{").length !== text.split("}").length;
}
