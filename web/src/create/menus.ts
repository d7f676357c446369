// What can be done with a picture or a job, as rows of a menu.
import { t } from "../i18n/i18n.svelte.ts";
import { cancel, copy, download, downloadAs, edit, isOpen, like, move, rerun, trash, trashJob } from "../state/actions.svelte.ts";
import { fileOf } from "../state/api.ts";
import { attachPicture, use } from "../state/bar.svelte.ts";
import type { JobShown, PictureShown } from "../state/schema.ts";
import { toggle } from "../library/choosing.ts";
import { canMake } from "../state/session.svelte.ts";
import type { MenuRow } from "../ui/menu.svelte.ts";

/** Everything that can be done with a picture. */
export function pictureMenu(picture: PictureShown): MenuRow[] {
  const words = t().tile;
  if (!canMake()) return taking(picture);
  return [
    { label: picture.liked ? words.unlike : words.like, icon: "heart", keys: "L", run: () => void like(picture) },
    { label: words.varySubtle, icon: "vary", apart: true, run: () => void edit(picture, { kind: "vary", strong: false }) },
    { label: words.varyStrong, icon: "wand", keys: "Alt+1", run: () => void edit(picture, { kind: "vary", strong: true }) },
    { label: words.upscaleSubtle, icon: "upscale", apart: true, keys: "Shift+1", run: () => void edit(picture, { kind: "upscale" }) },
    { label: words.upscaleCreative, icon: "create", run: () => void edit(picture, { kind: "upscale", creative: true }) },
    ...[1.5, 2].map((factor, index) => ({
      label: words.zoom(factor), apart: index === 0, icon: "zoom" as const, run: () => void edit(picture, { kind: "zoom", factor }),
    })),
    ...(["left", "right", "up", "down"] as const).map((to) => ({
      label: words.pan[to], icon: ({ left: "toLeft", right: "toRight", up: "up", down: "down" } as const)[to], run: () => void edit(picture, { kind: "pan", to }),
    })),
    ...(picture.width === picture.height
      ? []
      : [{ label: words.square, icon: "square" as const, run: () => void edit(picture, { kind: "square" }) }]),
    { label: t().job.usePrompt, icon: "text", keys: "P", apart: true, run: () => use(picture.prompt) },
    { label: words.start, icon: "picture", run: () => attachPicture(picture, "start") },
    { label: t().library.select, icon: "check", keys: "X", apart: true, run: () => toggle(picture.id) },
    ...taking(picture),
    { label: words.trash, icon: "trash", keys: "Delete", wrong: true, run: () => void trash([picture]) },
  ];
}

/** What guests can do, too. */
function taking(picture: PictureShown): MenuRow[] {
  const words = t().tile;
  return [
    { label: words.download, icon: "download", keys: "D", apart: true, run: () => download(picture) },
    { label: t().formats.asJpeg, icon: "picture", run: () => downloadAs(picture, "jpeg") },
    { label: words.copyLink, icon: "copy", run: () => void copy(location.origin + fileOf(picture)) },
  ];
}

/** Everything that can be done with a job as it stands. */
export function jobMenu(job: JobShown): MenuRow[] {
  const words = t().job;
  const again = job.status === "failed" || job.status === "cancelled";
  const rows: (MenuRow | false)[] = [
    job.status === "running" && { label: words.pause, icon: "pause", run: () => void move(job, "pause") },
    job.status === "paused" && { label: words.resume, icon: "play", run: () => void move(job, "resume") },
    isOpen(job) && { label: words.cancel, icon: "stop", run: () => void cancel(job) },
    again && { label: words.retry, icon: "again", run: () => void move(job, "retry") },
    { label: words.usePrompt, icon: "text", run: () => use(job.prompt) },
    { label: words.rerun, icon: "again", keys: "R", run: () => void rerun(job) },
    { label: words.copyPrompt, icon: "copy", run: () => void copy(job.prompt) },
    !isOpen(job) && { label: words.trash, icon: "trash", wrong: true, apart: true, run: () => void trashJob(job) },
  ];
  return rows.filter((row) => row !== false);
}
