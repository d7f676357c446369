// The screens: one row each. A new one needs a row, a component in App.svelte, a word in i18n, and its
// address in src/sfumato/faces/web/page.py.

export const SCREENS = [
  { name: "create", path: "/", icon: "create", keys: "G C" },
  { name: "library", path: "/library", icon: "library", keys: "G L" },
  { name: "boards", path: "/boards", icon: "boards", keys: "G B" },
  { name: "models", path: "/models", icon: "models", keys: "G M" },
  { name: "settings", path: "/settings", icon: "gear", keys: "G S" },
] as const;

export type Screen = (typeof SCREENS)[number]["name"];
export interface Where {
  screen: Screen;
  id: string;
}

/** The picture that an address opens over a screen, "" where it opens none. */
export function pictureOf(pathname: string): string {
  return decodeURIComponent(/^\/picture\/([^/]+)$/.exec(pathname)?.[1] ?? "");
}

/** The screen of an address, and the id behind it; an unknown one is Create. */
export function routeOf(pathname: string): Where {
  const [, head = "", id = ""] = pathname.split("/");
  const row = SCREENS.find((own) => own.path === `/${head}`);
  return { screen: row?.name ?? "create", id: row ? decodeURIComponent(id) : "" };
}
