// Pictures that come from elsewhere: files and what is dragged.
import { call } from "../state/api.ts";
import type { Attached } from "../state/bar.svelte.ts";

const KINDS = ["image/png", "image/jpeg", "image/webp"];

/** Whether the server takes a file of this kind. */
export function isPicture(file: File): boolean {
  return KINDS.includes(file.type);
}

/** Send a file to the server. Throws ApiError. */
export async function uploaded(file: File): Promise<Pick<Attached, "from" | "shown">> {
  const body = new FormData();
  body.append("file", file);
  const { content } = await call("POST /api/uploads", { body });
  return { from: { upload: content }, shown: URL.createObjectURL(file) };
}
