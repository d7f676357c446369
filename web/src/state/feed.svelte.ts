// One's own jobs, the newest first, read page by page as far back as somebody looks.
import { call } from "./api.ts";
import { told } from "./actions.svelte.ts";
import { follow } from "./events.svelte.ts";
import type { JobShown } from "./schema.ts";
import { jobs, known, putJobs, putPictures } from "./store.svelte.ts";

const PAGE = 24;

export const feed = $state({ ready: false, more: true, loading: false, oldest: "" });

/** Ask what was made, then follow what changes. Ends by the function that is returned. */
export async function startFeed(): Promise<() => void> {
  Object.assign(feed, { ready: false, more: true, oldest: "" });
  void told(call("GET /api/models")).then((own) => own && (known.models = own)); // nothing waits for it
  const end = follow(await loadMore()); // before pictures are asked for: browsers have six connections
  feed.ready = true;
  return end;
}

/** Read the next page backwards; the number of the last change before that. */
export async function loadMore(): Promise<number> {
  feed.loading = true;
  try {
    const before = feed.oldest || undefined;
    const page = await call("GET /api/jobs", { query: { owner: known.me?.id, limit: PAGE, before } });
    await loadPictures(page.jobs);
    putJobs(page.jobs);
    feed.more = page.jobs.length === PAGE;
    feed.oldest = page.jobs.at(-1)?.id ?? feed.oldest;
    return page.rev;
  } finally {
    feed.loading = false;
  }
}

/** As loadMore, for who scrolls: what is wrong is told. */
export async function scrollBack(): Promise<void> {
  if (feed.ready && feed.more && !feed.loading) await told(loadMore());
}

/** One's own jobs as they are shown. */
export function own(): JobShown[] {
  const mine = [...jobs.values()].filter((job) => job.mine && job.status !== "forgotten");
  return mine.sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
}

async function loadPictures(page: readonly JobShown[]): Promise<void> {
  const ended = page.filter((job) => job.status === "done");
  if (!ended.length) return;
  const since = Math.min(...ended.map((job) => job.created));
  const until = Math.max(...ended.map((job) => job.ended ?? job.created)) + 1;
  let cursor = "";
  do {
    const found = await call("GET /api/pictures", { query: { owner: known.me?.id, since, until, cursor, limit: 200 } });
    putPictures(found.pictures);
    cursor = found.cursor;
  } while (cursor);
}
