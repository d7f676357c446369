// The menus of an opened picture: ways to save it, and boards to put it on.
import { t } from "../i18n/i18n.svelte.ts";
import { download, downloadAs, save, told, type Format } from "../state/actions.svelte.ts";
import { call } from "../state/api.ts";
import type { BoardShown, PictureShown } from "../state/schema.ts";
import { toast } from "../state/toasts.svelte.ts";
import type { MenuRow } from "../ui/menu.svelte.ts";

/** A picture's file, the same in other formats, and all pictures of its job in one. */
export function downloads(picture: PictureShown, siblings: number): MenuRow[] {
  const words = t().formats;
  const isOurs = picture.operation !== "imported";
  const as = (format: Format, label: string): MenuRow => ({ label, icon: "picture", run: () => downloadAs(picture, format) });
  return [
    { label: isOurs ? words.png : words.original, icon: "download", keys: "D", run: () => download(picture) },
    as("jpeg", words.jpeg),
    as("webp", words.webp),
    ...(isOurs ? [] : [as("png", words.plainPng)]),
    ...(siblings > 1 ? [{ label: t().lightbox.grid(siblings), icon: "grid" as const, run: () => save(`/api/jobs/${picture.job}/grid`) }] : []),
  ];
}

/** One's boards, and a new one. */
export async function boards(picture: PictureShown, another: () => void): Promise<MenuRow[]> {
  const found = await told(call("GET /api/boards"));
  const mine = found?.boards.filter((board) => board.mine) ?? [];
  const rows = mine.map((board) => ({ label: board.name, icon: "board" as const, run: () => void pin(board, picture) }));
  return [...rows, { label: t().lightbox.newBoard, icon: "plus", apart: rows.length > 0, run: another }];
}

/** Put a picture on a board, and offer to take it off again. */
export async function pin(board: BoardShown, picture: PictureShown): Promise<boolean> {
  const done = await told(call("POST /api/boards/{board}/pictures", { path: { board: board.id }, body: { pictures: [picture.id] } }));
  if (!done) return false;
  const off = () => void told(call("DELETE /api/boards/{board}/pictures/{picture}", { path: { board: board.id, picture: picture.id } }));
  toast(t().lightbox.onBoard(board.name), { action: { label: t().shell.undo, run: off } });
  return true;
}
