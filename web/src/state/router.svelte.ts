// Which screen is shown, from the address; the browser's own back and forward work. A picture is opened over a
// screen: it has an address of its own, and the screen stays as it is behind it.
import { pictureOf, routeOf } from "./screens.ts";

type Kept = { over?: string } | null;
const over = () => (history.state as Kept)?.over;
const behind = new URL(over() ?? location.href, location.origin);

export const here = $state({
  ...routeOf(behind.pathname), query: behind.search, picture: pictureOf(location.pathname),
});

/** Go to an address of the page; with `replace`, without a step back to where it was. */
export function go(path: string, replace = false): void {
  const picture = pictureOf(path);
  if (picture) return openPicture(picture);
  if (replace) history.replaceState(null, "", path);
  else if (path !== location.pathname + location.search) history.pushState(null, "", path);
  arrive();
}

/** Open a picture over what is shown, or another in its place: back leads to the screen either way. */
export function openPicture(id: string): void {
  const path = `/picture/${encodeURIComponent(id)}`;
  if (here.picture) history.replaceState(history.state, "", path);
  else history.pushState({ over: location.pathname + location.search }, "", path);
  here.picture = id;
}

/** Close the picture; who came by its address alone is then on the first screen. */
export function closePicture(): void {
  if (!here.picture) return;
  here.picture = "";
  if (over()) history.back();
  else history.replaceState(null, "", "/");
}

/** Follow the browser's buttons, and links inside the page. */
export function startRouter(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    const plain = !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
    const anchor = plain && event.target instanceof Element ? event.target.closest("a") : null;
    if (!anchor || anchor.origin !== location.origin || anchor.target || anchor.download) return;
    if (anchor.pathname.startsWith("/api/")) return;
    event.preventDefault();
    go(anchor.pathname + anchor.search);
  });
}

function arrive(): void {
  const picture = pictureOf(location.pathname);
  if (!picture) Object.assign(here, routeOf(location.pathname), { query: location.search });
  here.picture = picture;
}
