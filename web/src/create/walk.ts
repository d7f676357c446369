// From one picture to another by the arrow keys, by where they are on the screen.

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}
export type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The index of the next box in a direction; the same where there is none. Boxes are in reading order. */
export function stepped(boxes: readonly Box[], at: number, way: Way): number {
  const from = boxes[at];
  if (!from) return 0;
  if (way === "ArrowLeft") return Math.max(0, at - 1);
  if (way === "ArrowRight") return Math.min(boxes.length - 1, at + 1);
  const sign = way === "ArrowDown" ? 1 : -1;
  const beyond = boxes.map((box, index) => ({ index, down: sign * (middle(box).y - middle(from).y), across: Math.abs(middle(box).x - middle(from).x) }));
  const rows = beyond.filter((own) => own.down > from.height / 4);
  const nearest = Math.min(...rows.map((own) => own.down));
  const row = rows.filter((own) => own.down < nearest + from.height / 4).sort((a, b) => a.across - b.across);
  return row[0]?.index ?? at;
}

function middle(box: Box): { x: number; y: number } {
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
