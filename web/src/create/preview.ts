// One picture of a job's preview: blurred colour at first, and itself in the end.

const SMALL = 64; // pixels across: a blur over few of them costs little, and enlarging adds to it
const BLUR = 0.055; // of the width, at the beginning

export interface Part {
  index: number;
  columns: number;
  rows: number;
  /** 0 … 1. */
  progress: number;
}

/** A preview that can be drawn; undefined where it cannot be read. */
export async function decoded(address: string): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => image, () => undefined);
}

/** Draw a part of a preview; the canvas is as small as it may be, and is enlarged by whoever shows it. */
export function drawPart(canvas: HTMLCanvasElement, sheet: HTMLImageElement, part: Part): void {
  const [width, height] = [sheet.naturalWidth / part.columns, sheet.naturalHeight / part.rows];
  const wide = Math.round(Math.min(width, SMALL * (1 + part.progress)));
  Object.assign(canvas, { width: wide, height: Math.max(1, Math.round((wide * height) / width)) });
  const context = canvas.getContext("2d")!;
  context.filter = `blur(${((1 - part.progress) * BLUR * wide).toFixed(2)}px)`;
  const [x, y] = [part.index % part.columns, Math.floor(part.index / part.columns)];
  context.drawImage(sheet, x * width, y * height, width, height, 0, 0, canvas.width, canvas.height);
}
