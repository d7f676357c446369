// What keys do to the job of the picture that the keyboard is on, wherever it is seen.
import { edit, rerun } from "../state/actions.svelte.ts";
import type { KeyId } from "../state/keys.ts";
import type { PictureShown } from "../state/schema.ts";
import { pictures } from "../state/store.svelte.ts";

/** The nth picture of a picture's job, as a combination such as "Shift+2" says it. */
export function nth(id: string, combination: string): PictureShown | undefined {
  const own = pictures.get(id);
  return own && pictures.get(`${own.job}-${Number(combination.at(-1)) - 1}`);
}

/** Upscale, vary and make again. */
export const JOB_KEYS: Partial<Record<KeyId, (ids: string[], combination: string) => unknown>> = {
  upscale: ([id = ""], keys) => with_(nth(id, keys), (own) => edit(own, { kind: "upscale" })),
  vary: ([id = ""], keys) => with_(nth(id, keys), (own) => edit(own, { kind: "vary", strong: true })),
  rerun: ([id = ""]) => with_(pictures.get(id), (own) => own.operation !== "imported" && rerun({ id: own.job })),
};

function with_(own: PictureShown | undefined, act: (own: PictureShown) => unknown): unknown {
  return own && act(own);
}
