// What an operation is called.
import { t } from "../i18n/i18n.svelte.ts";

/** The name of what made a picture; one that this page does not know, as it is. */
export function operationName(operation: string): string {
  return { imagine: t().library.imagine, imported: t().library.importedKind }[operation] ?? t().operation[operation] ?? operation;
}
