// What can be done with many pictures, each with a way back.
import { t } from "../i18n/i18n.svelte.ts";
import { told, type Format } from "../state/actions.svelte.ts";
import { ApiError, call } from "../state/api.ts";
import type { JudgedMany, PictureShown } from "../state/schema.ts";
import { pictures, putPictures } from "../state/store.svelte.ts";
import { toast } from "../state/toasts.svelte.ts";
import { chosen, count } from "./shelf.svelte.ts";

const MOST = 500; // pictures in one request
type Said = Omit<JudgedMany, "pictures">;

/** Change many pictures, as many requests as it takes; those that were changed, as they are now. */
export async function change(ids: readonly string[], said: Said): Promise<PictureShown[]> {
  const done: PictureShown[] = [];
  for (let at = 0; at < ids.length; at += MOST) {
    const body = { pictures: ids.slice(at, at + MOST), ...said };
    const answer = await told(call("PATCH /api/pictures", { body }));
    if (!answer) break;
    done.push(...answer.pictures);
  }
  putPictures(done);
  void count();
  return done;
}

/** Change pictures and offer to take that back; `text` says what was done to how many. */
export async function changed(ids: readonly string[], said: Said, back: Said, text: (number: number) => string): Promise<void> {
  const done = (await change(ids, said)).map((own) => own.id);
  if (!done.length) return;
  toast(text(done.length), { action: { label: t().shell.undo, run: () => void change(done, back) } });
}

/** Like them all, or none of them where all are liked. */
export function likeAll(ids: readonly string[]): Promise<PictureShown[]> {
  return change(ids, { liked: !ids.every((id) => pictures.get(id)?.liked) });
}

export async function trashAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) chosen.delete(id);
  await changed(ids, { trashed: true }, { trashed: false }, t().told.trashed);
}

export async function restoreAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) chosen.delete(id);
  await changed(ids, { trashed: false }, { trashed: true }, t().library.restored);
}

/** Delete pictures of the trash for good; all of it without ids. */
export async function deleteAll(ids?: readonly string[]): Promise<void> {
  const work = ids ? deleted(ids) : call("DELETE /api/trash").then((own) => own.pictures);
  const gone = (await told(work)) ?? [];
  for (const id of gone) {
    chosen.delete(id);
    pictures.delete(id);
  }
  void count();
  if (gone.length) toast(t().library.deleted(gone.length));
}

async function deleted(ids: readonly string[]): Promise<string[]> {
  const gone: string[] = [];
  for (let at = 0; at < ids.length; at += MOST) {
    gone.push(...(await call("POST /api/trash/delete", { body: { pictures: ids.slice(at, at + MOST) } })).pictures);
  }
  return gone;
}

/** Save many pictures as one ZIP, in a format or as they are kept. */
export async function downloadAll(ids: readonly string[], name: string, format?: Format): Promise<void> {
  if (ids.length > MOST) return void toast(t().library.tooMany(MOST), { kind: "wrong" });
  toast(t().library.packing(ids.length));
  const file = await told(packed(ids, format));
  if (!file) return;
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(file);
  anchor.download = `${name}.zip`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
}

async function packed(ids: readonly string[], format?: Format): Promise<Blob> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/api/pictures/download", { method: "POST", headers, body: JSON.stringify({ pictures: ids, format }) });
  if (!answer.ok) throw new ApiError(((await answer.json()) as { error: ApiError["told"] }).error, answer.status);
  return answer.blob();
}
