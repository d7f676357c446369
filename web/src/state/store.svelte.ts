// What the server told: jobs and pictures by id, each as it is now. The newer of two tellings holds.
import { SvelteMap } from "svelte/reactivity";
import type { JobShown, MeShown, Models, PictureShown } from "./schema.ts";

export const jobs = new SvelteMap<string, JobShown>();
export const pictures = new SvelteMap<string, PictureShown>();
export const known = $state<{ me: MeShown | null; models: Models | null }>({ me: null, models: null });
/** The board that new pictures go onto; empty for none. */
export const onto = $state({ board: "" });

/** Keep jobs unless a newer state of them is here. */
export function putJobs(told: readonly JobShown[]): void {
  for (const job of told) put(jobs, job);
}

/** Keep pictures unless a newer state of them is here. */
export function putPictures(told: readonly PictureShown[]): void {
  for (const picture of told) put(pictures, picture);
}

function put<T extends { id: string; rev: number; gone: boolean }>(map: Map<string, T>, told: T): void {
  const have = map.get(told.id);
  if (have && have.rev >= told.rev) return;
  if (told.gone) map.delete(told.id);
  else map.set(told.id, told);
}
