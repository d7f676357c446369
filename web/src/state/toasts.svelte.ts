// Short messages: seen for some seconds, read aloud once, and often with a way back.

export interface Toast {
  id: number;
  text: string;
  kind: "plain" | "wrong";
  action?: { label: string; run: () => void };
}

export const toasts = $state<Toast[]>([]);
export const spoken = $state({ text: "" });

const SECONDS = 6;
const timers = new Map<number, { timer: number; ended: () => void }>();
let next = 1;

/**
 * Show a message. `ended` is called when it goes without its action having been taken.
 */
export function toast(text: string, more: Partial<Pick<Toast, "kind" | "action">> = {}, ended = () => {}): void {
  const id = next++;
  toasts.push({ id, text, kind: "plain", ...more });
  timers.set(id, { timer: window.setTimeout(() => dismiss(id), SECONDS * 1000), ended });
}

/** Take a message away; with `taken`, because its action was taken. */
export function dismiss(id: number, taken = false): void {
  const index = toasts.findIndex((own) => own.id === id);
  if (index < 0) return;
  toasts.splice(index, 1);
  const own = timers.get(id);
  timers.delete(id);
  clearTimeout(own?.timer);
  if (!taken) own?.ended();
}

/** Say something to who listens rather than looks. */
export function announce(text: string): void {
  spoken.text = text;
}
