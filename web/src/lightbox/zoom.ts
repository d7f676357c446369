// Where a picture lies in its stage: how much larger than fitted, and how far from the middle.

export interface Size {
  width: number;
  height: number;
}
/** `scale` is 1 where the picture just fits; x and y are pixels of the screen from the middle of the stage. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const FIT: Readonly<View> = { scale: 1, x: 0, y: 0 };
const MOST = 8;

/** Pixels of the screen for each of the picture where it just fits; small pictures are enlarged. */
export function fitting(box: Size, picture: Size): number {
  return Math.max(1e-6, Math.min(box.width / picture.width, box.height / picture.height));
}

/** Smallest and largest scale: from fitted or 100 %, the smaller, to eight times the larger. */
export function range(fit: number): [number, number] {
  return [Math.min(1, 1 / fit), Math.max(1, 1 / fit) * MOST];
}

/** Nearer by a factor; the point that is pointed at, in pixels from the middle, stays where it is. */
export function zoomed(view: View, factor: number, at: { x: number; y: number }, box: Size, picture: Size): View {
  const [least, most] = range(fitting(box, picture));
  const scale = Math.max(least, Math.min(most, view.scale * factor));
  const ratio = scale / view.scale;
  return inside({ scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }, box, picture);
}

/** Fitted, or 100 % where it is fitted. */
export function toggled(view: View, box: Size, picture: Size): View {
  const whole = 1 / fitting(box, picture);
  const isFit = Math.abs(view.scale - 1) < 1e-3;
  return isFit && Math.abs(whole - 1) > 1e-3 ? { ...FIT, scale: whole } : { ...FIT };
}

/** Moved no further than to the picture's edges; what fits stays in the middle. */
export function inside(view: View, box: Size, picture: Size): View {
  const fit = fitting(box, picture) * view.scale;
  const room = (own: number, all: number) => Math.max(0, (own * fit - all) / 2);
  const bound = (value: number, most: number) => Math.max(-most, Math.min(most, value)) || 0;
  return { ...view, x: bound(view.x, room(picture.width, box.width)), y: bound(view.y, room(picture.height, box.height)) };
}
