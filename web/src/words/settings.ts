// What the cards set: defaults for every prompt, which what is typed goes before.

export interface Settings {
  aspect: string;
  stylize: number;
  weird: number;
  chaos: number;
  raw: boolean;
  tile: boolean;
  quality: string;
  draft: boolean;
  seed: string;
  repeat: number;
  count: number;
  model: string;
  private: boolean;
  negative: string;
}

export const PLAIN: Readonly<Settings> = {
  aspect: "1:1", stylize: 100, weird: 0, chaos: 0, raw: false, tile: false, quality: "1", draft: false, seed: "",
  repeat: 1, count: 4, model: "", private: false, negative: "",
};

/** Shapes from tall to wide: one slider goes through them. */
export const ASPECTS = ["1:2", "9:16", "2:3", "3:4", "5:6", "1:1", "6:5", "4:3", "3:2", "16:9", "2:1"] as const;

/** Short names of parameters. */
export const ALIASES: Readonly<Record<string, string>> = {
  ar: "aspect", s: "stylize", q: "quality", c: "chaos", w: "weird", r: "repeat",
};

/** Ranges of the parameters that are numbers: lowest, highest, step, and what holds where nothing is said. */
export const RANGES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  stylize: [0, 1000, 10, 100],
  weird: [0, 3000, 50, 0],
  chaos: [0, 100, 5, 0],
  exp: [0, 100, 5, 0],
  stop: [10, 100, 5, 100],
  repeat: [1, 10, 1, 1],
  iw: [0, 3, 0.25, 1],
  sw: [0, 1000, 10, 100],
  cw: [0, 100, 5, 100],
  ow: [1, 1000, 10, 100],
};

/** The parameters that are one of a few. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  aspect: ASPECTS,
  quality: [".25", ".5", "1", "2", "4"],
};

/** The settings as parameters, without those that the prompt says itself. */
export function flagsOf(settings: Settings, said: ReadonlySet<string>): string[] {
  return rowsOf(settings, said).map(([, flag]) => flag);
}

function rowsOf(settings: Settings, said: ReadonlySet<string>): [string, string][] {
  const number = (name: "stylize" | "weird" | "chaos" | "repeat") =>
    settings[name] === PLAIN[name] ? "" : `--${name} ${settings[name]}`;
  const rows: [string, string][] = [
    ["aspect", settings.aspect === PLAIN.aspect ? "" : `--ar ${settings.aspect}`],
    ["stylize", number("stylize")],
    ["weird", number("weird")],
    ["chaos", number("chaos")],
    ["raw", settings.raw ? "--raw" : ""],
    ["tile", settings.tile ? "--tile" : ""],
    ["quality", settings.quality === PLAIN.quality ? "" : `--q ${settings.quality}`],
    ["draft", settings.draft ? "--draft" : ""],
    ["seed", settings.seed ? `--seed ${settings.seed}` : ""],
    ["repeat", number("repeat")],
  ];
  return rows.filter(([name, flag]) => flag && !said.has(name));
}

/** The whole prompt that is sent: what is typed goes before the settings, and these before one's own defaults. */
export function composed(
  text: string, settings: Settings, said: ReadonlySet<string>, defaults: readonly { name: string; text: string }[] = [],
): string {
  const rows = rowsOf(settings, said);
  const taken = new Set([...said, ...rows.map(([name]) => name)]);
  const own = defaults.filter((flag) => !taken.has(flag.name)).map((flag) => flag.text);
  return [text.trim(), ...rows.map(([, flag]) => flag), ...own].join(" ").trim();
}

/** Width by height of a shape that is written w:h; a square where it is not. */
export function ratioOf(aspect: string): number {
  const [width, height] = aspect.split(":").map(Number);
  return width && height && width > 0 && height > 0 ? width / height : 1;
}
