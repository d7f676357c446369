// Choosing many pictures: one by one, from one to another, by a rectangle.
import { chosen } from "./shelf.svelte.ts";

let anchor = "";

/** Choose a picture, or no longer. */
export function toggle(id: string): void {
  if (!chosen.delete(id)) chosen.add(id);
  anchor = id;
}

/** Choose everything between the picture that was chosen last and this one. */
export function range(ids: readonly string[], to: string): void {
  const [a, b] = [ids.indexOf(anchor), ids.indexOf(to)];
  if (a < 0) return toggle(to);
  for (const id of ids.slice(Math.min(a, b), Math.max(a, b) + 1)) chosen.add(id);
}

/** Choose exactly these. */
export function choose(ids: Iterable<string>): void {
  const wanted = new Set(ids);
  for (const id of [...chosen]) if (!wanted.has(id)) chosen.delete(id);
  for (const id of wanted) chosen.add(id);
}
