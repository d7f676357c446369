// What is looked for in the library: in its address, and as the server is asked.
import { ALIASES } from "../words/settings.ts";

export interface Query {
  q: string;
  liked: boolean;
  rating: number;
  operation: string;
  model: string;
  aspect: string;
  days: number;
  board: string;
  trash: boolean;
  order: "newest" | "oldest" | "best" | "board";
  /** A picture's id, or `upload:` and a content hash: what is like it, and nothing else. */
  like: string;
}

export const NOTHING: Readonly<Query> = {
  q: "", liked: false, rating: 0, operation: "", model: "", aspect: "", days: 0, board: "", trash: false, order: "newest", like: "",
};

/** Parameters as prompts are kept: with their long names, but for the shape. */
const LONG: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ALIASES).map(([short, long]) => [`--${short}`, `--${long}`])), "--ar": "--ar", "--aspect": "--ar",
};
const DAY = 86_400;

/** What an address says: the part from its question mark on. */
export function readQuery(search: string): Query {
  const said = new URLSearchParams(search);
  const whole = (name: string) => Math.max(0, Math.trunc(Number(said.get(name)) || 0));
  const text = (name: keyof Query) => said.get(name)?.slice(0, 200) ?? "";
  const order = (["oldest", "best"] as const).find((own) => own === said.get("order")) ?? "newest";
  return {
    q: text("q"), liked: said.has("liked"), rating: Math.min(5, whole("rating")), operation: text("operation"), model: text("model"),
    aspect: text("aspect"), days: whole("days"), board: text("board"), trash: said.has("trash"), order, like: text("like"),
  };
}

/** The address of the library that says it. */
export function writeQuery(query: Query): string {
  const said = Object.entries(query).filter(([name, value]) => value !== NOTHING[name as keyof Query]);
  const search = new URLSearchParams(said.map(([name, value]) => [name, value === true ? "1" : String(value)]));
  return said.length ? `/library?${search}` : "/library";
}

/** Whether anything but the order is asked for. */
export function isFiltered(query: Query): boolean {
  return writeQuery({ ...query, order: "newest" }) !== "/library";
}

/** As the server is asked; `now` in seconds. Days are whole ones, the running one among them. */
export function asked(query: Query, now: number): Record<string, string | number | boolean | undefined> {
  const midnight = new Date(now * 1000).setHours(0, 0, 0, 0) / 1000;
  return {
    q: inFull(query.q), liked: query.liked || undefined, rating: query.rating || undefined, operation: query.operation,
    model: query.model, aspect: query.aspect, since: query.days ? midnight - (query.days - 1) * DAY : undefined,
    board: query.board, trash: query.trash || undefined, order: query.order,
  };
}

/** Words with parameters by their long names and numbers as prompts are kept: `--s .5` is `--stylize 0.5`. */
export function inFull(words: string): string {
  const parts = words.trim().split(/\s+/);
  return parts.map((own) => LONG[own.toLowerCase()] ?? own.replace(/^\.(?=\d)/, "0.")).join(" ");
}
