// The name of a day over its pictures.
import { t } from "../i18n/i18n.svelte.ts";
import { dayOf, daysBefore } from "../words/days.ts";

/** Today, yesterday, or the date of a moment in milliseconds. */
export function titleOf(moment: number): string {
  const before = daysBefore(dayOf(moment), dayOf(Date.now()));
  if (before < 2) return before < 1 ? t().create.today : t().create.yesterday;
  return t().create.day(moment, new Date(moment).getFullYear() === new Date().getFullYear());
}
