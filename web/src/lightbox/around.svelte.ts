// What lies around a picture: the others of its job, and the jobs before and after as the screen behind shows them.
import { picturesOf } from "../state/actions.svelte.ts";
import { call } from "../state/api.ts";
import { feed, own, scrollBack } from "../state/feed.svelte.ts";
import { openPicture } from "../state/router.svelte.ts";
import type { PictureShown } from "../state/schema.ts";
import { jobs, pictures, putJobs, putPictures } from "../state/store.svelte.ts";

const trail = $state<{ ids: readonly string[] }>({ ids: [] });

/** Open a picture; `among` are the ids that the screen shows, in their order, where it is not the feed. */
export function show(id: string, among: readonly string[] = []): void {
  trail.ids = among;
  openPicture(id);
}

/** The pictures of a picture's job, itself among them, in their order. */
export function siblingsOf(picture: PictureShown): PictureShown[] {
  const all = [...pictures.values()].filter((own) => own.job === picture.job);
  return all.filter((own) => own.trashed === null || own.id === picture.id).sort((a, b) => a.index - b.index);
}

/** The next picture of the job before (-1) or after (1); undefined where there is none. */
export function beyond(picture: PictureShown, step: -1 | 1): PictureShown | undefined {
  const rows = trail.ids.length ? rowsOf(trail.ids) : own().map(picturesOf).filter((row) => row.length);
  const at = rows.findIndex((row) => row[0]!.job === picture.job);
  if (at < 0) return undefined;
  if (!trail.ids.length && feed.more && at + step >= rows.length - 1) void scrollBack();
  const row = rows[at + step];
  return row && (row.find((other) => other.index === picture.index) ?? row[0]);
}

function rowsOf(ids: readonly string[]): PictureShown[][] {
  const rows = new Map<string, PictureShown[]>();
  for (const id of ids) {
    const own = pictures.get(id);
    if (own && own.trashed === null) rows.set(own.job, [...(rows.get(own.job) ?? []), own]);
  }
  return [...rows.values()];
}

/** Ask for a picture, and what is around it, that the page does not have. Throws ApiError. */
export async function bring(id: string): Promise<void> {
  if (!pictures.has(id)) putPictures([await call("GET /api/pictures/{picture}", { path: { picture: id } })]);
  const picture = pictures.get(id);
  const job = picture && jobs.get(picture.job);
  if (!picture || picture.operation === "imported" || (job && siblingsOf(picture).length === job.count)) return;
  putPictures((await call("GET /api/pictures", { query: { job: picture.job, limit: 64 } })).pictures);
}

/** A job that may not be here; undefined where it was forgotten. Throws ApiError. */
export async function planOf(job: string): Promise<Record<string, unknown> | undefined> {
  const whole = await call("GET /api/jobs/{job}", { path: { job } });
  putJobs([whole]);
  return whole.plan ?? undefined;
}
