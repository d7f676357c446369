// Every key of the page: one table for what they do, the list of shortcuts and aria-keyshortcuts.

export interface Row {
  id: string;
  group: "global" | "prompt" | "feed" | "lightbox" | "region";
  keys: readonly string[];
  /** Only told: the field or picture acts by itself. */
  told?: boolean;
}

export const KEYS = [
  { id: "palette", group: "global", keys: ["/", "Control+K", "Meta+K"] },
  { id: "shortcuts", group: "global", keys: ["?"] },
  { id: "prompt", group: "global", keys: ["I"] },
  { id: "goCreate", group: "global", keys: ["G C"] },
  { id: "goLibrary", group: "global", keys: ["G L"] },
  { id: "goBoards", group: "global", keys: ["G B"] },
  { id: "goModels", group: "global", keys: ["G M"] },
  { id: "goSettings", group: "global", keys: ["G S"] },
  { id: "cancel", group: "global", keys: ["Shift+X"] },
  { id: "close", group: "global", keys: ["Escape"], told: true },
  { id: "send", group: "prompt", keys: ["Enter"], told: true },
  { id: "sendAndKeep", group: "prompt", keys: ["Control+Enter"], told: true },
  { id: "newline", group: "prompt", keys: ["Shift+Enter"], told: true },
  { id: "history", group: "prompt", keys: ["Alt+ArrowUp", "Alt+ArrowDown"], told: true },
  { id: "weight", group: "prompt", keys: ["Control+ArrowUp", "Control+ArrowDown"], told: true },
  { id: "complete", group: "prompt", keys: ["Tab"], told: true },
  { id: "leave", group: "prompt", keys: ["Escape"], told: true },
  { id: "move", group: "feed", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] },
  { id: "open", group: "feed", keys: ["Enter"], told: true },
  { id: "peek", group: "feed", keys: ["Space"], told: true },
  { id: "pick", group: "feed", keys: ["1", "2", "3", "4"] },
  { id: "upscale", group: "feed", keys: ["Shift+1", "Shift+2", "Shift+3", "Shift+4"] },
  { id: "vary", group: "feed", keys: ["Alt+1", "Alt+2", "Alt+3", "Alt+4"] },
  { id: "like", group: "feed", keys: ["L"] },
  { id: "select", group: "feed", keys: ["X"] },
  { id: "selectAll", group: "feed", keys: ["Control+A", "Meta+A"] },
  { id: "board", group: "feed", keys: ["B"] },
  { id: "usePrompt", group: "feed", keys: ["P"] },
  { id: "rerun", group: "feed", keys: ["R"] },
  { id: "download", group: "feed", keys: ["D"] },
  { id: "trash", group: "feed", keys: ["Delete", "Backspace"] },
  { id: "menu", group: "feed", keys: ["."] },
  { id: "siblings", group: "lightbox", keys: ["ArrowLeft", "ArrowRight"] },
  { id: "jobs", group: "lightbox", keys: ["ArrowUp", "ArrowDown"] },
  { id: "fit", group: "lightbox", keys: ["Space"] },
  { id: "nearer", group: "lightbox", keys: ["+", "="] },
  { id: "farther", group: "lightbox", keys: ["-"] },
  { id: "compare", group: "lightbox", keys: ["C"] },
  { id: "info", group: "lightbox", keys: ["I"] },
  { id: "upscaleSubtle", group: "lightbox", keys: ["U"] },
  { id: "upscaleCreative", group: "lightbox", keys: ["Shift+U"] },
  { id: "varySubtle", group: "lightbox", keys: ["V"] },
  { id: "varyStrong", group: "lightbox", keys: ["Shift+V"] },
  { id: "zoomOut", group: "lightbox", keys: ["Z"] },
  { id: "pan", group: "lightbox", keys: ["Alt+ArrowLeft", "Alt+ArrowRight", "Alt+ArrowUp", "Alt+ArrowDown"] },
  { id: "remix", group: "lightbox", keys: ["M"] },
  { id: "useStyle", group: "lightbox", keys: ["S"] },
  { id: "onBoard", group: "lightbox", keys: ["B"] },
  { id: "brush", group: "region", keys: ["B"] },
  { id: "eraser", group: "region", keys: ["E"] },
  { id: "rectangle", group: "region", keys: ["M"] },
  { id: "brushSize", group: "region", keys: ["[", "]"] },
  { id: "unpaint", group: "region", keys: ["Control+Z", "Meta+Z"] },
  { id: "drawByKeys", group: "region", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space"], told: true },
] as const satisfies readonly Row[];

export type KeyId = (typeof KEYS)[number]["id"];
export type Handler = (combination: string) => void;
type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const PRINTED = /^[^\p{L}\d\s]$/u;

const IN_DIALOGS = ["feed", "lightbox", "region"];

/** A key with what is held down, as KEYS writes it: "Shift+1", "Control+K", "?", "ArrowUp". */
export function combinationOf(event: Pressed): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const key = event.key === " " ? "Space" : (digit ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key));
  const shift = event.shiftKey && !PRINTED.test(key); // ? is what shift made of another key
  const held = [event.ctrlKey && "Control", event.metaKey && "Meta", event.altKey && "Alt", shift && "Shift"];
  return [...held.filter(Boolean), key].join("+");
}

/**
 * The row of a combination, or of two after one another; `first` is what was pressed before, or "". Of rows with the
 * same key the last that `heard` says yes to: what lies on top.
 */
export function rowOf(combination: string, first: string, heard = (_: Row) => true): Row | undefined {
  const has = (keys: string) => KEYS.findLast((row: Row) => !row.told && row.keys.includes(keys) && heard(row));
  return (first && has(`${first} ${combination}`)) || has(combination);
}

/** Whether a row begins with this key and goes on with another. */
export function isFirst(combination: string): boolean {
  return KEYS.some((row) => row.keys.some((own) => own.startsWith(`${combination} `)));
}

/** The keys of a row as aria-keyshortcuts has them; undefined where they cannot be written so. */
export function ariaKeys(id: KeyId): string | undefined {
  const row = KEYS.find((own) => own.id === id);
  return row?.keys.filter((own) => !own.includes(" ")).join(" ") || undefined;
}

/** A combination as people read it: "⇧ X", "Ctrl K". */
export function keyNames(combination: string): string[] {
  const names: Record<string, string> = {
    Control: "Ctrl", Meta: "⌘", Shift: "⇧", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→",
    Delete: "Del", Backspace: "⌫", Escape: "Esc",
  };
  return combination.split(/(?<=.)[+ ]/).map((own) => names[own] ?? own);
}

const handlers = new Map<KeyId, Handler[]>();

/** Do something at a key, until the function that is returned is called. Who came last is asked. */
export function onKey(id: KeyId, handler: Handler): () => void {
  handlers.set(id, [...(handlers.get(id) ?? []), handler]);
  return () => void handlers.set(id, (handlers.get(id) ?? []).filter((own) => own !== handler));
}

/**
 * Listen to the keyboard. Keys are left alone in fields, while words are composed, and in dialogs but for those that
 * ask for them by `data-keys`.
 */
export function startKeys(): void {
  let first = "";
  addEventListener("keydown", (event) => {
    const combination = combinationOf(event);
    const row = event.isComposing ? undefined : rowOf(combination, first, (own) => !!handlers.get(own.id as KeyId)?.length);
    first = isFirst(combination) ? combination : "";
    const handler = row && handlers.get(row.id as KeyId)?.at(-1);
    if (!handler || isTheirs(event, combination, row) || !isHeard(row)) return;
    event.preventDefault();
    handler(combination);
  });
}

function isHeard(row: Row): boolean {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (!dialog) return true;
  return "keys" in (dialog as HTMLElement).dataset && (IN_DIALOGS.includes(row.group) || row.id === "shortcuts");
}

// Space presses what has the focus, and arrows move a slider.
function isTheirs(event: KeyboardEvent, combination: string, row: Row): boolean {
  const own = event.target instanceof HTMLElement ? event.target : null;
  if (combination === "Space") return !!own?.closest("button, a, summary, input, textarea, select");
  if (own?.matches("input[type=range], input[type=radio], [data-arrows]")) return combination.startsWith("Arrow");
  return isTyping(own) && (row.group === "feed" || !(event.ctrlKey || event.metaKey));
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("textarea, select, input, [role=menu] *");
}
