// What is to be read about a picture, from the plan that made it.
import type { PictureShown } from "../state/schema.ts";

type Plan = Record<string, unknown>;
interface Stage {
  name: string;
  steps: number;
  sampler: string;
  schedule: string;
  guidance: number;
}
interface Input {
  role: string;
}

/** The words that an edit of a picture begins from. */
export function wordsOf(picture: PictureShown): string {
  return picture.operation === "imported" ? (picture.imported?.words ?? "") : picture.prompt;
}

/** Rows of name and value of each stage: "base", "20 steps · dpm++2m · linear · guidance 3". */
export function stagesOf(plan: Plan, words: (stage: Stage) => string): [string, string][] {
  return ((plan.stages ?? []) as Stage[]).map((stage) => [stage.name, words(stage)]);
}

/** The command that makes the picture again and compares. */
export function verifying(picture: PictureShown, plan: Plan | undefined, parents: readonly PictureShown[]): string {
  const roles = ((plan?.inputs ?? []) as Input[]).map((own) => own.role).filter((role) => role !== "mask");
  const given = parents.map((own, index) => ` -p ${roles[index] ?? "start"}=${own.id}.png`);
  const masks = ((plan?.inputs ?? []) as Input[]).filter((own) => own.role === "mask").map(() => " -p mask=mask.png");
  return `sfumato verify ${picture.id}.png${given.join("")}${masks.join("")}`;
}

/** Seconds that a job took, as people read them. */
export function seconds(job: { started: number | null; ended: number | null } | undefined): number {
  return job?.started && job.ended ? Math.max(0.1, Math.round((job.ended - job.started) * 10) / 10) : 0;
}
