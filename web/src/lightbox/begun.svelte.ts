// Edits that were begun from an opened picture: shown beside it while they run, and what came of them.
import { type Beside, edit, rerun } from "../state/actions.svelte.ts";
import type { EditAsked, JobShown, PictureShown } from "../state/schema.ts";

export interface Begun {
  job: string;
  name: string;
  told: boolean;
}

const MOST = 6;
export const begun = $state<Begun[]>([]);

/** Begin an edit; whether it was accepted. */
export async function begin(picture: PictureShown, how: EditAsked["edit"], name: string, beside: Beside = {}): Promise<boolean> {
  const made = await edit(picture, how, { ...beside, quiet: true });
  follow(made, name);
  return made.length > 0;
}

/** Make the picture's job again. */
export async function again(picture: PictureShown, name: string): Promise<void> {
  follow(await rerun({ id: picture.job }), name);
}

/** Take a row away. */
export function forget(job: string): void {
  const at = begun.findIndex((own) => own.job === job);
  if (at >= 0) begun.splice(at, 1);
}

function follow(made: readonly JobShown[], name: string): void {
  begun.unshift(...made.map((job) => ({ job: job.id, name, told: false })));
  begun.splice(MOST);
}
