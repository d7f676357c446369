// What the keyboard does with an opened picture, and where it goes from there.
import { t } from "../i18n/i18n.svelte.ts";
import { download, like, trash } from "../state/actions.svelte.ts";
import type { EditAsked, PictureShown } from "../state/schema.ts";
import { type KeyId, onKey } from "../state/keys.ts";
import { again, begin } from "./begun.svelte.ts";
import { beyond, siblingsOf } from "./around.svelte.ts";
import type { Deed, Reason } from "./why.ts";
import { toast } from "../state/toasts.svelte.ts";

/** What keys are done to. */
export interface Lightbox {
  picture: () => PictureShown | undefined;
  why: (deed: Deed) => Reason;
  open: (id: string) => void;
  close: () => void;
  take: (prompt: string) => void;
  attach: (role: "start" | "reference") => void;
  tool: (name: string) => void;
  compare: () => void;
  info: () => void;
  board: () => void;
}

const WAYS = { "Alt+ArrowLeft": "left", "Alt+ArrowRight": "right", "Alt+ArrowUp": "up", "Alt+ArrowDown": "down" } as const;

/** The next picture of the job, else the next job's first; backwards with -1. */
export function next(picture: PictureShown, step: -1 | 1): PictureShown | undefined {
  const row = siblingsOf(picture);
  const at = row.findIndex((own) => own.id === picture.id) + step;
  if (row[at]) return row[at];
  const job = beyond(picture, step);
  return job && siblingsOf(job).at(step > 0 ? 0 : -1);
}

/** Put a picture into the trash, and go on to the one beside it. */
export function remove(picture: PictureShown, open: (id: string) => void, close: () => void): void {
  const other = next(picture, 1) ?? next(picture, -1);
  if (other) open(other.id);
  else close();
  void trash([picture]);
}

/** Listen, until the function that is returned is called. */
export function listen(own: Lightbox): () => void {
  const off = Object.entries(handlers(own)).map(([id, run]) =>
    onKey(id as KeyId, (keys) => {
      const picture = own.picture();
      if (picture) run(picture, keys);
    }),
  );
  return () => off.forEach((end) => end());
}

type Handlers = Partial<Record<KeyId, (picture: PictureShown, keys: string) => void>>;

function handlers(own: Lightbox): Handlers {
  const go = (to: PictureShown | undefined) => to && own.open(to.id);
  const can = (deed: Deed, run: () => void) => {
    const why = own.why(deed);
    if (why) toast(t().lightbox.why[why]);
    else run();
  };
  return {
    ...edits(can),
    siblings: (picture, keys) => go(next(picture, keys === "ArrowLeft" ? -1 : 1)),
    jobs: (picture, keys) => go(beyond(picture, keys === "ArrowUp" ? -1 : 1)),
    pick: (picture, keys) => go(siblingsOf(picture).find((other) => other.index === Number(keys) - 1)),
    compare: () => can("compare", own.compare),
    info: own.info,
    remix: () => own.tool("remix"),
    usePrompt: (picture) => own.take(picture.prompt),
    useStyle: () => can("style", () => own.attach("reference")),
    onBoard: own.board,
    like: (picture) => can("judge", () => void like(picture)),
    download,
    trash: (picture) => can("judge", () => remove(picture, own.open, own.close)),
    rerun: (picture) => can("rerun", () => void again(picture, t().job.rerun)),
  };
}

function edits(can: (deed: Deed, run: () => void) => void): Handlers {
  const made = (deed: Deed, how: EditAsked["edit"], name: (keys: string) => string) => (picture: PictureShown, keys: string) =>
    can(deed, () => void begin(picture, how, name(keys)));
  return {
    upscaleSubtle: made("upscale", { kind: "upscale" }, () => t().tile.upscaleSubtle),
    upscaleCreative: made("upscale", { kind: "upscale", creative: true }, () => t().tile.upscaleCreative),
    varySubtle: made("paint", { kind: "vary", strong: false }, () => t().tile.varySubtle),
    varyStrong: made("paint", { kind: "vary", strong: true }, () => t().tile.varyStrong),
    zoomOut: made("paint", { kind: "zoom", factor: 1.5 }, () => t().tile.zoom(1.5)),
    pan: (picture, keys) => {
      const to = WAYS[keys as keyof typeof WAYS];
      can("paint", () => void begin(picture, { kind: "pan", to }, t().tile.pan[to]));
    },
  };
}
