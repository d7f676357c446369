// Light, dark, or what the system has.
import { keep, kept, onKept } from "./kept.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const theme = $state(kept("theme", { choice: "auto" as Theme }));

/** Choose a theme, and remember it. */
export function setTheme(choice: Theme): void {
  theme.choice = choice;
  keep("theme", { choice });
  showTheme();
}

/** Follow what is chosen in other tabs. */
export function followTheme(): void {
  onKept("theme", () => {
    Object.assign(theme, kept("theme", { choice: "auto" as Theme }));
    showTheme();
  });
}

/** Show the chosen theme; every colour is a light-dark() of two. */
export function showTheme(): void {
  document.documentElement.dataset.theme = theme.choice;
}
