// How the feed is laid out, and how much moves.
import { keep, kept } from "./kept.ts";

export const GRIDS = ["row", "square"] as const;
export const MOTIONS = ["auto", "less"] as const;
export interface Look {
  grid: (typeof GRIDS)[number];
  motion: (typeof MOTIONS)[number];
}

export const look = $state<Look>(kept("look", { grid: "row", motion: "auto" }));

/** Choose, and remember it. */
export function setLook(choice: Partial<Look>): void {
  Object.assign(look, choice);
  keep("look", $state.snapshot(look));
  showLook();
}

/** Show what is chosen: app.css and the feed look at these. */
export function showLook(): void {
  Object.assign(document.documentElement.dataset, $state.snapshot(look));
}
