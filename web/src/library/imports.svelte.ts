// Files on their way into the gallery, one after the other.
import { isPicture } from "../bar/files.ts";
import { t } from "../i18n/i18n.svelte.ts";
import { told } from "../state/actions.svelte.ts";
import { call } from "../state/api.ts";
import type { ImportShown } from "../state/schema.ts";
import { putPictures } from "../state/store.svelte.ts";
import { toast } from "../state/toasts.svelte.ts";
import { count } from "./shelf.svelte.ts";

export const imports = $state({ done: 0, total: 0 });
let waiting: File[] = [];
let made: ImportShown[] = [];

/** Bring files into the gallery. What is dropped while others are on their way waits behind them. */
export async function bring(files: readonly File[]): Promise<void> {
  const taken = files.filter(isPicture);
  if (taken.length < files.length) toast(t().attach.notPicture, { kind: "wrong" });
  waiting.push(...taken);
  const busy = imports.total > 0;
  imports.total += taken.length;
  if (!busy && taken.length) await work();
}

/** Leave out what is not yet sent. */
export function stop(): void {
  imports.total -= waiting.length;
  waiting = [];
}

async function work(): Promise<void> {
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    const body = new FormData();
    body.append("files", file);
    const answer = await told(call("POST /api/imports", { body }));
    if (!answer) stop();
    else made.push(...answer.imports);
    putPictures(answer?.imports.flatMap((own) => own.picture ?? []) ?? []);
    imports.done += 1;
  }
  tell();
  Object.assign(imports, { done: 0, total: 0 });
  void count();
}

function tell(): void {
  const of = (status: ImportShown["status"]) => made.filter((own) => own.status === status);
  const failed = [...of("failed"), ...of("skipped")];
  if (made.length > failed.length) toast(t().library.imported(of("added").length, of("known").length));
  for (const own of failed.slice(0, 3)) toast(`${own.name}: ${own.reason}`, { kind: "wrong" });
  made = [];
}
