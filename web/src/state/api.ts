// Requests to the server, typed by its schema; whatever goes wrong is one kind of error.
import type { Routes, Told, Wrong } from "./schema.ts";

export type Route = keyof Routes;
export type Answer<R extends Route> = Routes[R]["answer"];
type Given<R extends Route> = Partial<Omit<Routes[R], "answer">> extends Omit<Routes[R], "answer">
  ? Omit<Routes[R], "answer"> & More
  : Omit<Routes[R], "answer" | "query"> & Partial<Pick<Routes[R], "query" & keyof Routes[R]>> & More;
type More = { signal?: AbortSignal; once?: string; keepalive?: boolean };

/** What a request is refused with; `code` is `offline` where nobody answered. */
export class ApiError extends Error {
  readonly told: Told;
  readonly status: number;

  constructor(told: Told, status: number) {
    super(told.message);
    this.told = told;
    this.status = status;
  }
}

const NOBODY: Told = {
  code: "offline",
  message: "The server does not answer. It is tried again.",
  message_zh: "服务器没有响应，正在重试。",
};

/**
 * The answer of a route, such as `call("GET /api/jobs", { query: { limit: 20 } })`. Throws ApiError, and
 * AbortError where `signal` says so. With `once`, the same request sent again makes nothing twice.
 */
export async function call<R extends Route>(route: R, given?: Given<R>): Promise<Answer<R>> {
  const { path, query, body, signal, once, keepalive } = (given ?? {}) as Loose;
  const [method = "GET", pattern = ""] = route.split(" ");
  const headers = new Headers(once ? { "Idempotency-Key": once } : {});
  if (body && !(body instanceof FormData)) headers.set("Content-Type", "application/json");
  const sent = body instanceof FormData ? body : body && JSON.stringify(body);
  const response = await reached(addressOf(pattern, path, query), { method, headers, body: sent, signal, keepalive });
  if (!response.ok) throw refused(await wrongOf(response), response.status);
  return response.status === 204 ? (undefined as Answer<R>) : await response.json();
}

/** What the page hears when a key is needed that it has no more. */
export const SIGNED_OUT = "sfumato-signed-out";

function refused(told: Told, status: number): ApiError {
  if (told.code === "no_key") dispatchEvent(new Event(SIGNED_OUT));
  return new ApiError(told, status);
}

type Values = Record<string, string | number | boolean | null | undefined>;
type Loose = More & { path?: Values; query?: Values; body?: object };

/** The address of a route: names in braces from `path`, what is said of `query` behind it. */
export function addressOf(pattern: string, path: Values = {}, query: Values = {}): string {
  const place = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  return said.length ? `${place}?${search}` : place;
}

async function reached(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(NOBODY, 0);
  }
}

async function wrongOf(response: Response): Promise<Told> {
  try {
    return ((await response.json()) as Wrong).error;
  } catch {
    return { ...NOBODY, code: "defect", message: `${response.status} ${response.statusText}` };
  }
}

/** Where the file of a picture is; with a width, a smaller one of at least so many pixels across. */
export function fileOf(picture: { file: string }, width?: number): string {
  return width ? `${picture.file}?width=${width}` : picture.file;
}

/** A name for `once`; works where the page is not in a secure context, too. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
