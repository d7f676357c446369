// Where a picture comes from and what came of it: generations, each the pictures of one job.
import { call } from "../state/api.ts";
import type { Kin, PictureShown } from "../state/schema.ts";

export interface Generation {
  job: string;
  operation: string;
  words: string;
  pictures: PictureShown[];
  /** The picture that the next generation was made from. */
  on: string;
}
export interface Family {
  parents: PictureShown[];
  before: Generation[];
  after: Generation[];
}

const DEPTH = 8;

/** Ask for a picture's family. Throws ApiError. */
export async function familyOf(picture: PictureShown): Promise<Family> {
  const kin = await kinOf(picture.id);
  const before: Generation[] = [];
  for (let own: Kin = kin; own.parents.length && before.length < DEPTH; own = await kinOf(own.parents[0]!.id)) {
    before.unshift(await generationOf(own.parents));
  }
  return { parents: kin.parents, before, after: byJob(kin.children) };
}

/** Pictures by the job that made them, in the order in which they come. */
export function byJob(pictures: readonly PictureShown[]): Generation[] {
  const rows = new Map<string, Generation>();
  for (const own of pictures) {
    const row = rows.get(own.job) ?? { job: own.job, operation: own.operation, words: own.prompt, pictures: [], on: "" };
    row.pictures.push(own);
    rows.set(own.job, row);
  }
  for (const row of rows.values()) row.pictures.sort((a, b) => a.index - b.index);
  return [...rows.values()];
}

async function generationOf(parents: readonly PictureShown[]): Promise<Generation> {
  const first = parents[0]!;
  const alone = parents.length > 1 || first.operation === "imported"; // what was blended is of several jobs
  const all = alone ? [...parents] : (await call("GET /api/pictures", { query: { job: first.job } })).pictures;
  const some = all.some((own) => own.id === first.id) ? all : [...all, first];
  some.sort((a, b) => a.index - b.index);
  return { job: first.job, operation: first.operation, words: first.prompt, pictures: some, on: first.id };
}

function kinOf(picture: string): Promise<Kin> {
  return call("GET /api/pictures/{picture}/lineage", { path: { picture } });
}
