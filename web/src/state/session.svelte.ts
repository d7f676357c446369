// Who is here, and whether the page must ask for a key first.
import { ApiError, call } from "./api.ts";
import { jobs, known, pictures } from "./store.svelte.ts";

/** `ended`: somebody was signed in, and is no more without having said so. */
export const session = $state({ ended: false });

/** Ask the server who this is. Throws ApiError. */
export async function arrive(): Promise<void> {
  known.me = await call("GET /api/me");
}

/** Sign in; with `stay`, for longer than the browser is open. Throws ApiError. */
export async function signIn(key: string, stay: boolean): Promise<void> {
  known.me = await call("POST /api/session", { body: { key, stay } });
  session.ended = false;
}

/** Sign out. Throws ApiError. */
export async function signOut(): Promise<void> {
  await call("DELETE /api/session");
  forget();
  await arrive();
}

/** The session is over: what this person saw goes, and what was typed stays. */
export function lose(): void {
  if (!known.me || known.me.sign_in) return;
  session.ended = true;
  forget();
}

/** Find out whether the session is over, where the stream broke off. */
export async function check(): Promise<void> {
  try {
    if ((await call("GET /api/me")).sign_in) lose();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // nobody answers, which the page tells already
  }
}

/** Whether this person may make and change things. */
export function canMake(): boolean {
  return known.me?.role !== "guest";
}

function forget(): void {
  jobs.clear();
  pictures.clear();
  known.me = { sign_in: true };
}
