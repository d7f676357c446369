// Why something cannot be done with a picture: a word of i18n, or "" where it can.
import type { MeShown, PictureShown } from "../state/schema.ts";

export type Deed = "paint" | "upscale" | "square" | "rerun" | "judge" | "style" | "compare" | "look";
export type Reason = "" | "guest" | "notYours" | "noWords" | "square" | "large" | "imported" | "noStyle" | "noParent";
export interface Facts {
  picture: Pick<PictureShown, "width" | "height" | "mine" | "operation" | "imported">;
  me: Pick<MeShown, "role"> | null;
  /** Roles of pictures that the model reads by itself. */
  accepts: readonly string[];
  parents: number;
}

const LONGEST_SIDE = 16384; // pixels that the server paints, at most

/** Why a deed cannot be done. */
export function whyNot(deed: Deed, facts: Facts): Reason {
  const { picture, me, accepts, parents } = facts;
  if (deed === "compare") return parents ? "" : "noParent";
  if (me?.role === "guest") return "guest";
  if (deed === "judge") return picture.mine || me?.role === "admin" ? "" : "notYours";
  if (deed === "style") return accepts.includes("reference") ? "" : "noStyle";
  if (deed === "rerun") return picture.operation === "imported" ? "imported" : "";
  if (deed === "upscale") return 2 * Math.max(picture.width, picture.height) > LONGEST_SIDE ? "large" : "";
  if (deed === "square" && picture.width === picture.height) return "square";
  if (deed === "look") return "";
  return picture.operation === "imported" && !picture.imported?.words ? "noWords" : "";
}
