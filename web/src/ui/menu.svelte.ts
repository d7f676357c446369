// The one menu that may be open: its rows, and the place on the screen where it was asked for.
import type { IconName } from "./icons.ts";

export interface MenuRow {
  label: string;
  icon?: IconName;
  keys?: string;
  wrong?: boolean;
  /** Begins a new group. */
  apart?: boolean;
  run: () => void;
}

export const menu = $state<{ rows: MenuRow[]; x: number; y: number; from: HTMLElement | null }>({
  rows: [], x: 0, y: 0, from: null,
});

/** Open a menu under an element, or at a pointer. */
export function openMenu(rows: MenuRow[], from: HTMLElement, at?: { x: number; y: number }): void {
  const box = from.getBoundingClientRect();
  Object.assign(menu, { rows, from, x: at?.x ?? box.left, y: at?.y ?? box.bottom + 6 });
}

/** Close it, and give the focus back. */
export function closeMenu(): void {
  if (!menu.rows.length) return;
  menu.rows = [];
  menu.from?.focus({ preventScroll: true });
}
