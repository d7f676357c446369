// A mask as the strokes that it was drawn with, so that each can be undone and it has any size.
import type { Size } from "./zoom.ts";

export type Tool = "brush" | "eraser" | "rectangle";
/** Parts of the picture's width and height. */
export interface Point {
  x: number;
  y: number;
}
export interface Stroke {
  tool: Tool;
  /** Part of the picture's shorter side. */
  size: number;
  /** Of a rectangle, two corners. */
  points: Point[];
}

/** Draw strokes in a colour on what is transparent. */
export function draw(canvas: HTMLCanvasElement, strokes: readonly Stroke[], colour = "#fff"): void {
  const context = canvas.getContext("2d")!;
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = context.strokeStyle = colour;
  for (const stroke of strokes) drawOne(context, stroke, canvas);
}

function drawOne(context: CanvasRenderingContext2D, stroke: Stroke, size: Size): void {
  const points = stroke.points.map((own) => [own.x * size.width, own.y * size.height] as const);
  const [first, last] = [points[0]!, points.at(-1)!];
  context.globalCompositeOperation = stroke.tool === "eraser" ? "destination-out" : "source-over";
  if (stroke.tool === "rectangle") return context.fillRect(...first, last[0] - first[0], last[1] - first[1]);
  context.lineWidth = stroke.size * Math.min(size.width, size.height);
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...first);
  for (const point of points.slice(points.length > 1 ? 1 : 0)) context.lineTo(...point);
  context.stroke();
}

/** The mask as the server reads it: white is painted anew, everything else black. Null where nothing is white. */
export async function maskOf(strokes: readonly Stroke[], size: Size): Promise<File | null> {
  const canvas = Object.assign(document.createElement("canvas"), { width: size.width, height: size.height });
  draw(canvas, strokes);
  const context = canvas.getContext("2d")!;
  const { data } = context.getImageData(0, 0, size.width, size.height);
  if (!data.some((value, index) => index % 4 === 3 && value > 127)) return null;
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#000";
  context.fillRect(0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  return blob && new File([blob], "mask.png", { type: "image/png" });
}
