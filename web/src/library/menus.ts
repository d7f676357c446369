// What can be done with a picture of the library, as rows of a menu.
import { boardMenu } from "../boards/menus.ts";
import { pictureMenu } from "../create/menus.ts";
import { t } from "../i18n/i18n.svelte.ts";
import type { Format } from "../state/actions.svelte.ts";
import { go } from "../state/router.svelte.ts";
import type { PictureShown } from "../state/schema.ts";
import type { IconName } from "../ui/icons.ts";
import { openMenu, type MenuRow } from "../ui/menu.svelte.ts";
import { ask } from "./ask.svelte.ts";
import { change, deleteAll, downloadAll, restoreAll } from "./bulk.ts";
import { toggle } from "./choosing.ts";
import { NOTHING, writeQuery } from "./query.ts";

/** Rows for a picture; `more` come behind those of the library. */
export function libraryMenu(picture: PictureShown, from: HTMLElement, more: MenuRow[] = []): MenuRow[] {
  const words = t().library;
  if (picture.trashed !== null) return trashMenu(picture);
  const own: MenuRow[] = [
    { label: words.similar, icon: "similar", run: () => go(writeQuery({ ...NOTHING, like: picture.id })) },
    { label: words.toBoard, icon: "boards", keys: "B", run: () => openMenu(boardMenu([picture.id]), from) },
    ...(picture.mine ? [{ label: words.rate, icon: "star" as const, run: () => openMenu(rateMenu([picture.id]), from) }] : []),
    ...more,
  ];
  const [first, ...rest] = pictureMenu(picture);
  return [...own, ...(first ? [{ ...first, apart: true }] : []), ...rest];
}

/** How good pictures are, from none to five stars. */
export function rateMenu(ids: readonly string[]): MenuRow[] {
  const row = (rating: number): MenuRow => ({ label: rating ? "★".repeat(rating) : t().library.unrated, apart: !rating, run: () => void change(ids, { rating }) });
  return [5, 4, 3, 2, 1, 0].map(row);
}

/** Ways to save many pictures as one ZIP. */
export function saveMenu(ids: readonly string[], name: string): MenuRow[] {
  const words = t().formats;
  const as = (label: string, icon: IconName, format?: Format): MenuRow => ({ label, icon, run: () => void downloadAll(ids, name, format) });
  return [{ ...as(words.kept, "download"), keys: "D" }, as(words.jpeg, "picture", "jpeg"), as(words.webp, "picture", "webp")];
}

function trashMenu(picture: PictureShown): MenuRow[] {
  const words = t().library;
  const sure = () =>
    ask({ title: words.deleteTitle(1), text: words.deleteText, yes: words.deleteNow, grave: true, run: () => deleteAll([picture.id]) });
  return [
    { label: words.select, icon: "check", keys: "X", run: () => toggle(picture.id) },
    { label: words.restore, icon: "restore", run: () => void restoreAll([picture.id]) },
    { label: words.deleteNow, icon: "trash", wrong: true, apart: true, run: sure },
  ];
}
