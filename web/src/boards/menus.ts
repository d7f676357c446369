// The boards that pictures can be put on, and what can be done with one, as rows of a menu.
import { t } from "../i18n/i18n.svelte.ts";
import { downloadAll } from "../library/bulk.ts";
import { call } from "../state/api.ts";
import { told, type Format } from "../state/actions.svelte.ts";
import { go } from "../state/router.svelte.ts";
import type { BoardShown } from "../state/schema.ts";
import type { MenuRow } from "../ui/menu.svelte.ts";
import { change, listed, newBoard, pin, removeBoard } from "./boards.svelte.ts";

const MOST = 500;

/** One's own boards, the newest first, and a new one. */
export function boardMenu(ids: readonly string[]): MenuRow[] {
  const own = listed().filter((board) => board.mine);
  const rows = own.map((board, index) => ({ label: board.name, icon: "boards" as const, apart: index === 0, run: () => void pin(board, ids) }));
  return [{ label: t().boards.make, icon: "plus", run: () => newBoard(ids) }, ...rows];
}

/** What can be done with a board. */
export function actionsOf(board: BoardShown): MenuRow[] {
  const words = t().boards;
  const rows: (MenuRow | false)[] = [
    board.mine && { label: words.change, icon: "pen", run: () => change(board) },
    board.count > 0 && { label: words.download, icon: "download", run: () => void downloadBoard(board) },
    board.count > 0 && { label: words.downloadJpeg, icon: "picture", run: () => void downloadBoard(board, "jpeg") },
    board.mine && { label: words.remove, icon: "trash", wrong: true, apart: true, run: () => { go("/boards"); removeBoard(board); } },
  ];
  return rows.filter((row) => row !== false);
}

async function downloadBoard(board: BoardShown, format?: Format): Promise<void> {
  const ids: string[] = [];
  let cursor = "";
  do {
    const query = { board: board.id, order: "board" as const, cursor, limit: 200 };
    const page = await told(call("GET /api/pictures", { query }));
    ids.push(...(page?.pictures.map((own) => own.id) ?? []));
    cursor = page?.cursor ?? "";
  } while (cursor && ids.length <= MOST);
  await downloadAll(ids, board.name, format);
}
