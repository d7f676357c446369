// Boards as the server has them, and what can be done with them.
import { t } from "../i18n/i18n.svelte.ts";
import { told } from "../state/actions.svelte.ts";
import { call } from "../state/api.ts";
import type { BoardShown } from "../state/schema.ts";
import { onto } from "../state/store.svelte.ts";
import { toast } from "../state/toasts.svelte.ts";
import { ask, type Question } from "../library/ask.svelte.ts";
import { shelf, show } from "../library/shelf.svelte.ts";

export const boards = $state({ list: [] as BoardShown[], ready: false, leaving: [] as string[] });

/** Read them all. */
export async function loadBoards(): Promise<void> {
  const answer = await told(call("GET /api/boards"));
  if (answer) Object.assign(boards, { list: [...answer.boards].reverse(), ready: true });
}

/** The boards that are shown. */
export function listed(): BoardShown[] {
  return boards.list.filter((own) => !boards.leaving.includes(own.id));
}

/** Ask for a name and make a board, with pictures on it; `then` is told its id. */
export function newBoard(ids: readonly string[] = [], then = (_id: string) => {}): void {
  const make = async (name: string, on: boolean, description: string) => {
    const made = await told(call("POST /api/boards", { body: { name, private: on, description } }));
    if (!made) return;
    boards.list = [made, ...boards.list];
    if (ids.length) await pin(made, ids);
    then(made.id);
  };
  const words = t().boards;
  ask({ title: words.make, yes: words.make, ...fields(), run: make });
}

/** Ask for another name, another description, and who sees it. */
export function change(board: BoardShown): void {
  const words = t().boards;
  ask({
    title: words.change, yes: words.save, ...fields(board),
    run: async (name, on, description) => {
      const body = { name, private: on, description };
      put(await told(call("PUT /api/boards/{board}", { path: { board: board.id }, body })));
    },
  });
}

function fields(board?: BoardShown): Pick<Question, "field" | "area" | "toggle"> {
  const words = t().boards;
  return {
    field: { label: words.name, value: board?.name ?? "" },
    area: { label: words.description, value: board?.description ?? "" },
    toggle: { label: words.private, value: board?.private ?? false },
  };
}

/** Take a board away; it is deleted once nobody can take that back. */
export function removeBoard(board: BoardShown): void {
  boards.leaving.push(board.id);
  if (onto.board === board.id) onto.board = "";
  const stay = () => (boards.leaving = boards.leaving.filter((own) => own !== board.id));
  const end = async () => {
    await told(call("DELETE /api/boards/{board}", { path: { board: board.id }, keepalive: true }));
    await loadBoards();
    stay();
  };
  toast(t().boards.removed(board.name), { action: { label: t().shell.undo, run: stay } }, () => void end());
}

/** Put pictures on a board, and offer to take them off again. */
export async function pin(board: BoardShown, ids: readonly string[]): Promise<void> {
  const now = await pinned(board.id, ids);
  if (!now) return;
  const back = () => void unpinned(board.id, ids);
  toast(t().boards.added(ids.length, board.name), now.count > board.count ? { action: { label: t().shell.undo, run: back } } : {});
}

/** Take pictures off a board, and offer to put them back where they were. */
export async function unpinAll(board: string, ids: readonly string[]): Promise<void> {
  const before = [...shelf.ids];
  await unpinned(board, ids);
  const back = async () => {
    await pinned(board, ids);
    await arrange(board, before);
    await refresh(board);
  };
  toast(t().boards.takenOff(ids.length), { action: { label: t().shell.undo, run: () => void back() } });
}

/** Put these first on a board, in this order. */
export async function arrange(board: string, ids: readonly string[]): Promise<void> {
  const body = { pictures: ids.slice(0, 500) };
  put(await told(call("PUT /api/boards/{board}/pictures", { path: { board }, body })));
}

/** Pictures were made for a board: show them there. */
export async function arrivedOn(board: string): Promise<void> {
  await loadBoards();
  await refresh(board);
}

async function pinned(board: string, ids: readonly string[]): Promise<BoardShown | undefined> {
  let now: BoardShown | undefined;
  for (let at = 0; at < ids.length; at += 500) {
    const body = { pictures: ids.slice(at, at + 500) };
    now = await told(call("POST /api/boards/{board}/pictures", { path: { board }, body }));
  }
  put(now);
  await refresh(board);
  return now;
}

async function unpinned(board: string, ids: readonly string[]): Promise<void> {
  for (const picture of ids) await told(call("DELETE /api/boards/{board}/pictures/{picture}", { path: { board, picture } }));
  put(await told(call("GET /api/boards/{board}", { path: { board } })));
  await refresh(board);
}

async function refresh(board: string): Promise<void> {
  if (shelf.query.board === board) await show(shelf.query, true);
}

function put(told: BoardShown | undefined): void {
  if (told) boards.list = boards.list.map((own) => (own.id === told.id ? told : own));
}
