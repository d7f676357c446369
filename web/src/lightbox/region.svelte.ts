// The region that is being drawn: on the picture, and in the panel beside it.
import type { Stroke, Tool } from "./mask.ts";

export const SIZES = [0.02, 0.5] as const;
export const region = $state({ on: false, tool: "brush" as Tool, size: 0.14, strokes: [] as Stroke[] });

/** Begin with an empty mask. */
export function beginRegion(): void {
  Object.assign(region, { on: true, strokes: [] });
}

/** A brush thicker or thinner by a step. */
export function resize(step: -1 | 1): void {
  region.size = Math.max(SIZES[0], Math.min(SIZES[1], region.size * 1.2 ** step));
}
