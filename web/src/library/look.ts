// The one way from here to a picture in full size.
import { active } from "../create/active.svelte.ts";
import { show } from "../lightbox/around.svelte.ts";

/** Show a picture large, with these beside it. */
export function look(id: string, among: readonly string[]): void {
  active.tile = id;
  show(id, among);
}
