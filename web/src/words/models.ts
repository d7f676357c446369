// What a model chooses by itself, out of its defaults as the server tells them.

export interface Facts {
  size: string;
  aspect: string;
  pictures: number;
  stages: { name: string; steps: number; sampler: string; guidance: string }[];
}

interface Defaults {
  pixels: number;
  multiple: number;
  pictures: number;
  maximum_aspect: number;
  stages: { name: string; steps: number; sampler: string; guidance: number; scale: number; paints: boolean }[];
}

/** The facts of a model; null where the server tells no defaults, as its weights are not here. */
export function factsOf(told: object | null): Facts | null {
  if (!told) return null;
  const own = told as Defaults;
  const larger = own.stages.reduce((product, stage) => product * stage.scale, 1);
  const side = Math.floor(Math.sqrt(own.pixels) / own.multiple) * own.multiple * larger;
  return {
    size: `${side} × ${side}`,
    aspect: String(Math.round(own.maximum_aspect * 10) / 10),
    pictures: own.pictures,
    stages: own.stages.map(({ name, steps, sampler, guidance }) => ({ name, steps, sampler, guidance: String(Math.round(guidance * 100) / 100) })),
  };
}
