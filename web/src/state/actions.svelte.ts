// What can be done with jobs and pictures. Each tells what went wrong, and offers a way back where there is one.
import { sentence, t } from "../i18n/i18n.svelte.ts";
import { ApiError, call, fileOf, newKey } from "./api.ts";
import type { EditAsked, From, JobShown, Judged, Packed, PictureShown } from "./schema.ts";
import { jobs, onto, pictures, putJobs, putPictures } from "./store.svelte.ts";
import { toast } from "./toasts.svelte.ts";

/** Jobs that are taken away, but can still be had back. */
export const leaving = $state<{ ids: string[] }>({ ids: [] });

/** Run something that asks the server; what is wrong becomes a message. The value, or undefined. */
export async function told<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(sentence(error.told), { kind: "wrong" });
    return undefined;
  }
}

/** Cancel, pause, resume or retry a job. */
export async function move(job: JobShown, how: "cancel" | "pause" | "resume" | "retry"): Promise<void> {
  const row = await told(call(`POST /api/jobs/{job}/${how}` as const, { path: { job: job.id } }));
  if (row) putJobs([row]);
}

/** Cancel a job, and offer to have it made after all. */
export async function cancel(job: JobShown): Promise<void> {
  await move(job, "cancel");
  const again = () => void move(job, "retry");
  if (jobs.get(job.id)?.status === "cancelled") toast(t().told.cancelled, { action: { label: t().shell.undo, run: again } });
}

/** Cancel jobs that wait or run. */
export async function cancelAll(): Promise<void> {
  const open = [...jobs.values()].filter((job) => job.mine && isOpen(job));
  await Promise.all(open.map((job) => move(job, "cancel")));
}

/** Whether a job is still to be made. */
export function isOpen(job: JobShown): boolean {
  return job.status === "queued" || job.status === "running" || job.status === "paused";
}

/** Make a job again, from another seed unless its prompt names one. The jobs; none where it was refused. */
export async function rerun(job: Pick<JobShown, "id">): Promise<JobShown[]> {
  const made = await told(call("POST /api/jobs/{job}/rerun", { path: { job: job.id }, once: newKey() }));
  if (made) putJobs(made.jobs);
  return made?.jobs ?? [];
}

/** What an edit may take beside its picture; `quiet` says nothing of its beginning. */
export interface Beside {
  words?: string;
  masks?: readonly From[];
  quiet?: boolean;
}

/** Begin an edit of a picture. An imported one brings its words only so. The jobs; none where it was refused. */
export async function edit(picture: PictureShown, how: EditAsked["edit"], beside: Beside = {}): Promise<JobShown[]> {
  const words = beside.words ?? (picture.imported?.words || undefined);
  const sources = [{ picture: picture.id }, ...(beside.masks ?? [])];
  const body = { edit: how, sources, words, private: picture.private, board: onto.board || undefined };
  const made = await told(call("POST /api/edits", { body, once: newKey() }));
  if (!made) return [];
  putJobs(made.jobs);
  if (!beside.quiet) toast(t().told.begun);
  return made.jobs;
}

/** Like a picture, or no longer. */
export async function like(picture: PictureShown): Promise<void> {
  await judge(picture, { liked: !picture.liked });
}

/** Put pictures into the trash, and offer to take them back. */
export async function trash(chosen: readonly PictureShown[]): Promise<void> {
  const done = await Promise.all(chosen.map((picture) => judge(picture, { trashed: true })));
  const gone = done.filter((picture) => picture !== undefined);
  if (!gone.length) return;
  const back = () => void Promise.all(gone.map((picture) => judge(picture, { trashed: false })));
  toast(t().told.trashed(gone.length), { action: { label: t().shell.undo, run: back } });
}

/** Take a job away: its pictures go into the trash, and one without pictures is forgotten in some seconds. */
export async function trashJob(job: JobShown): Promise<void> {
  const own = picturesOf(job);
  if (own.length) return trash(own);
  leaving.ids.push(job.id);
  const forget = async () => {
    await told(call("DELETE /api/jobs/{job}", { path: { job: job.id }, keepalive: true }));
    jobs.delete(job.id);
    stay(job.id);
  };
  toast(t().told.removed, { action: { label: t().shell.undo, run: () => stay(job.id) } }, () => void forget());
}

/** The pictures of a job that are not in the trash. */
export function picturesOf(job: JobShown): PictureShown[] {
  const all = Array.from({ length: job.count }, (_, index) => pictures.get(`${job.id}-${index}`));
  return all.filter((picture) => picture !== undefined && picture.trashed === null) as PictureShown[];
}

/** Save the file of a picture, which carries its plan; an imported one as it was. */
export function download(picture: PictureShown): void {
  save(fileOf(picture));
}

export type Format = NonNullable<Packed["format"]>;

/** Save a picture in another format. */
export function downloadAs(picture: PictureShown, format: Format): void {
  save(`${fileOf(picture)}?format=${format}`);
}

/** Save what is at an address of the server, which names it. */
export function save(address: string): void {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = "";
  anchor.click();
}

/** Put a text on the clipboard. */
export async function copy(text: string): Promise<void> {
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  toast(done ? t().told.copied : t().told.notCopied, done ? {} : { kind: "wrong" });
}

/** Like, rate, tag, hide, trash or restore a picture: what is said changes. */
export async function judge(picture: PictureShown, said: Judged): Promise<PictureShown | undefined> {
  const row = await told(call("PATCH /api/pictures/{picture}", { path: { picture: picture.id }, body: said }));
  if (row) putPictures([row]);
  return row;
}

function stay(id: string): void {
  leaving.ids = leaving.ids.filter((own) => own !== id);
}
