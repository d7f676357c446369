// Which screen is shown, from the address; the browser's own back and forward work.
import { routeOf } from "./screens.ts";

export const here = $state(routeOf(location.pathname));

/** Go to an address of the page. */
export function go(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  arrive();
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
    go(anchor.pathname);
  });
}

function arrive(): void {
  Object.assign(here, routeOf(location.pathname));
}
