// The one stream of the page: everything that changes, each thing whole. It connects again by itself.
import { check, session } from "./session.svelte.ts";
import { putJobs, putPictures } from "./store.svelte.ts";

const WAIT_MS = 1500;
const MOMENT_MS = 400;

export const link = $state({ online: true });

/** Follow the server from a change on; what is returned ends that. */
export function follow(since: number): () => void {
  let last = since;
  let source: EventSource | null = null;
  let timer = 0;

  const connect = () => {
    source?.close();
    clearTimeout(timer);
    source = new EventSource(`/api/events?since=${last}`);
    source.addEventListener("ready", () => (link.online = true));
    source.addEventListener("job", (event) => hear(event, (told) => putJobs([told])));
    source.addEventListener("picture", (event) => hear(event, (told) => putPictures([told])));
    source.addEventListener("end", ended);
    source.onerror = lost;
  };
  const hear = (event: MessageEvent<string>, keep: (told: never) => void) => {
    last = Math.max(last, Number(event.lastEventId));
    keep(JSON.parse(event.data) as never);
  };
  // The key or the session is no more, or another one has come in its place just now.
  const ended = () => {
    source?.close();
    clearTimeout(timer);
    timer = window.setTimeout(() => void check().then(() => session.ended || connect()), MOMENT_MS);
  };
  const lost = () => {
    link.online = false;
    void check();
    source?.close();
    clearTimeout(timer);
    timer = window.setTimeout(connect, WAIT_MS);
  };

  connect();
  addEventListener("offline", lost);
  addEventListener("online", connect);
  return () => {
    removeEventListener("offline", lost);
    removeEventListener("online", connect);
    clearTimeout(timer);
    source?.close();
  };
}
