// The pictures that the library or a board shows: asked for page by page, kept while other screens are looked at.
import { SvelteSet } from "svelte/reactivity";
import { told } from "../state/actions.svelte.ts";
import { call } from "../state/api.ts";
import type { Counted, PictureShown } from "../state/schema.ts";
import { pictures, putPictures } from "../state/store.svelte.ts";
import { asked, NOTHING, type Query } from "./query.ts";

const PAGE = 200;
const ALIKE = 100;

export const shelf = $state({
  query: NOTHING as Query,
  ids: [] as string[],
  more: false,
  loading: false,
  ready: false,
  counts: null as Counted | null,
});
/** Chosen pictures, and the one that the keyboard is on. */
export const chosen = new SvelteSet<string>();
export const spot = $state({ id: "" });
let cursor = "";
let since = 0;
let turn: AbortController | null = null;

/** Show what is asked for; what is shown already stays, unless with `again`. */
export async function show(query: Query, again = false): Promise<void> {
  if (shelf.ready && !again && JSON.stringify(query) === JSON.stringify(shelf.query)) return;
  turn?.abort();
  turn = new AbortController();
  if (query.board !== shelf.query.board) shelf.ids = [];
  Object.assign(shelf, { query, ready: false, loading: false, more: false });
  cursor = "";
  chosen.clear();
  await (query.like ? findAlike(query.like, turn.signal) : readOn(turn.signal));
}

/** The next page, where there is one. */
export async function readMore(): Promise<void> {
  if (shelf.more && !shelf.loading && turn) await readOn(turn.signal);
}

/** How many there are of each kind. */
export async function count(): Promise<void> {
  shelf.counts = (await told(call("GET /api/pictures/counts"))) ?? shelf.counts;
}

async function readOn(signal: AbortSignal): Promise<void> {
  const first = !shelf.ready;
  shelf.loading = true;
  const query = { ...asked(shelf.query, Date.now() / 1000), cursor, limit: first ? PAGE / 2 : PAGE };
  const page = await answered(call("GET /api/pictures", { query, signal }), signal);
  if (signal.aborted) return;
  putPictures(page?.pictures ?? []);
  const ids = page?.pictures.map((own) => own.id) ?? [];
  if (first) since = page?.rev ?? 0;
  cursor = page?.cursor ?? "";
  Object.assign(shelf, { ids: first ? ids : [...shelf.ids, ...ids], more: cursor !== "", loading: false, ready: true });
}

async function findAlike(like: string, signal: AbortSignal): Promise<void> {
  const [, upload] = /^upload:(\w+)$/.exec(like) ?? [];
  const body = upload ? { upload, k: ALIKE } : { picture: like, k: ALIKE };
  const found = (await answered(call("POST /api/similar", { body, signal }), signal)) ?? [];
  if (signal.aborted) return;
  putPictures(found.map((own) => own.picture));
  Object.assign(shelf, { ids: found.map((own) => own.picture.id), ready: true });
}

async function answered<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return told(
    work.catch((error: unknown) => {
      if (signal.aborted) return undefined; // something else is looked for by now
      throw error;
    }),
  );
}

/** What is shown, in its order: what was found and still fits, and before it what has been made since. */
export function shown(): PictureShown[] {
  const found = shelf.ids.map((id) => pictures.get(id)).filter((own) => own !== undefined && stays(own)) as PictureShown[];
  return isPlain(shelf.query) ? [...fresh(), ...found] : found;
}

function fresh(): PictureShown[] {
  if (!shelf.ready) return [];
  const known = new Set(shelf.ids);
  const first = pictures.get(shelf.ids[0] ?? "")?.created ?? 0;
  const made = [...pictures.values()].filter((own) => own.rev > since && own.created >= first && !known.has(own.id) && stays(own));
  return made.sort((a, b) => b.created - a.created || b.index - a.index);
}

function stays(picture: PictureShown): boolean {
  const { trash, liked, rating } = shelf.query;
  if (trash !== (picture.trashed !== null)) return false;
  return (!liked || picture.liked) && picture.rating >= rating;
}

function isPlain(query: Query): boolean {
  return query.order === "newest" && JSON.stringify({ ...query, liked: false }) === JSON.stringify(NOTHING);
}
