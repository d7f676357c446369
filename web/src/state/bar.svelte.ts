// The prompt that is being written: its text, how it is read, its pictures, and the settings under it.
import { saidBy } from "../words/pieces.ts";
import { composed, PLAIN, type Settings } from "../words/settings.ts";
import { told } from "./actions.svelte.ts";
import { call, newKey } from "./api.ts";
import { defaults } from "./defaults.svelte.ts";
import { keep, kept } from "./kept.ts";
import { go, here } from "./router.svelte.ts";
import type { Jobs, Parsed, PictureShown, Token } from "./schema.ts";
import { onto, putJobs } from "./store.svelte.ts";

export type Role = "start" | "blend" | "reference" | "hint";
export interface Attached {
  from: { picture: string } | { upload: string };
  shown: string;
  role: Role;
  weight: number;
  locked: boolean;
}

const MOST_HISTORY = 100;
const PAUSE_MS = 80;

export const settings = $state<Settings>(kept("settings", PLAIN));
export const bar = $state({
  text: "",
  parsed: null as Parsed | null,
  attached: [] as Attached[],
  panel: "" as "" | "attach" | "settings",
});
const past = $state(kept("history", { prompts: [] as string[] }));
let at = -1;
let draft = "";
let reading: AbortController | null = null;
let timer = 0;

/** Write the text, and have it read once nothing was typed for a moment. */
export function write(text: string): void {
  bar.text = text;
  clearTimeout(timer);
  reading?.abort();
  if (text.trim()) timer = window.setTimeout(() => void read(text), PAUSE_MS);
  else bar.parsed = null;
}

/** How many jobs the prompt makes; 0 where it cannot be read yet. */
export function jobCount(): number {
  if (!bar.parsed || bar.parsed.errors.length) return 0;
  return bar.parsed.count * (saidBy(bar.parsed.tokens).has("repeat") ? 1 : settings.repeat);
}

/** Pieces of the text, as far as it was read. */
export function tokens(): Token[] {
  return bar.parsed?.tokens ?? [];
}

/**
 * Make pictures of the prompt. The bar is free for the next one at once, unless with `stay`; what is refused comes
 * back into it. Whether it was accepted.
 */
export async function send(stay = false): Promise<boolean> {
  const text = bar.text.trim();
  const attached = [...bar.attached];
  if (!text && !attached.some((own) => own.role === "blend")) return false;
  const known = bar.parsed && written(bar.parsed) === bar.text ? bar.parsed : null;
  if (known?.errors.length) return false;
  if (!stay) clear();
  const made = await told(submit(text, attached, known));
  if (made) {
    putJobs(made.jobs);
    remember(text);
    if (here.screen === "settings" || here.screen === "models") go("/"); // where they are seen
  } else if (!stay && !bar.text) {
    write(text);
    bar.attached = attached;
  }
  return made !== undefined;
}

async function submit(text: string, attached: readonly Attached[], known: Parsed | null): Promise<Jobs> {
  const parsed = known ?? (await call("POST /api/parse", { body: { text } }));
  return ask(composed(text, settings, saidBy(parsed.tokens), defaults.flags), attached);
}

function written(parsed: Parsed): string {
  return parsed.tokens.map((own) => own.text).join("");
}

/** Put a prompt into the bar, for changing it. */
export function use(prompt: string): void {
  write(prompt);
  document.querySelector<HTMLTextAreaElement>("#prompt")?.focus();
}

/** Attach a picture. One starts a picture, two to five are blended, any number is referred to: not all at once. */
export function attach(own: Pick<Attached, "from" | "shown">, role: Role): void {
  const beside: readonly Role[] = role === "start" ? [] : role === "blend" ? ["blend"] : ["reference", "hint"];
  const others = bar.attached.filter((each) => beside.includes(each.role)).slice(role === "blend" ? -4 : 0);
  bar.attached = [...others, { ...own, role, weight: role === "start" ? 0.65 : 1, locked: false }];
}

/** Begin from a picture of the gallery. */
export function attachPicture(picture: PictureShown, role: Role): void {
  attach({ from: { picture: picture.id }, shown: `${picture.file}?width=128` }, role);
}

/** An earlier prompt with -1, a later one with 1. */
export function recall(step: -1 | 1): void {
  const prompts = past.prompts;
  if (at < 0) draft = bar.text;
  at = Math.max(-1, Math.min(prompts.length - 1, at - step));
  write(at < 0 ? draft : (prompts[at] ?? ""));
}

/** Remember the settings. */
export function keepSettings(): void {
  keep("settings", $state.snapshot(settings));
}

function clear(): void {
  write("");
  bar.attached = bar.attached.filter((own) => own.locked);
  bar.panel = "";
}

function remember(text: string): void {
  at = -1;
  if (!text) return;
  past.prompts = [text, ...past.prompts.filter((own) => own !== text)].slice(0, MOST_HISTORY);
  keep("history", { prompts: $state.snapshot(past.prompts) });
}

async function read(text: string): Promise<void> {
  reading = new AbortController();
  try {
    const parsed = await call("POST /api/parse", { body: { text }, signal: reading.signal });
    if (bar.text === text) bar.parsed = parsed;
  } catch {
    return; // a newer text is being read, or nobody answers, which the stream tells
  }
}

function ask(prompt: string, attached: readonly Attached[]): Promise<Jobs> {
  const shared = { negative: settings.negative, private: settings.private, model: settings.model || undefined, board: onto.board || undefined };
  const once = newKey();
  const [start] = attached.filter((own) => own.role === "start");
  const blend = attached.filter((own) => own.role === "blend");
  if (start || blend.length) {
    const edit = start ? ({ kind: "restyle", strength: start.weight } as const) : ({ kind: "blend" } as const);
    const sources = (start ? [start] : blend).map((own) => own.from);
    return call("POST /api/edits", { body: { ...shared, edit, sources, words: prompt || undefined }, once });
  }
  const given = attached.map((own) => ({ ...own.from, role: own.role as "reference" | "hint", weight: own.weight }));
  const count = settings.count === PLAIN.count ? undefined : settings.count;
  return call("POST /api/jobs", { body: { ...shared, prompt, count, pictures: given }, once });
}
