// Where pictures stand: rows of equal height that fill the width, under the names of their days.

export interface Place {
  index: number;
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface Heading {
  top: number;
  index: number;
}
export interface Layout {
  places: Place[];
  headings: Heading[];
  height: number;
}
export interface Measure {
  /** Pixels there are, a row's wanted height, between two pictures, and of a heading. */
  width: number;
  row: number;
  gap: number;
  heading: number;
}

const MOST_STRETCH = 1.35;

/**
 * Places of pictures of these ratios (width by height), in order. `starts` are the indices that begin a day, which
 * begins a row under a heading. A last row that would be stretched too far keeps the wanted height.
 */
export function justified(ratios: readonly number[], starts: ReadonlySet<number>, measure: Measure): Layout {
  const layout: Layout = { places: [], headings: [], height: 0 };
  let from = 0;
  let sum = 0;
  for (let at = 0; at < ratios.length; at++) {
    if (starts.has(at)) {
      layout.headings.push({ top: layout.height, index: at });
      layout.height += measure.heading;
    }
    sum += ratios[at]!;
    const free = measure.width - (at - from) * measure.gap;
    const last = at + 1 === ratios.length || starts.has(at + 1);
    if (!last && sum * measure.row < free) continue;
    const full = free / sum;
    addRow(layout, ratios, [from, at + 1], full > measure.row * MOST_STRETCH ? measure.row : full, measure);
    [from, sum] = [at + 1, 0];
  }
  return layout;
}

function addRow(layout: Layout, ratios: readonly number[], [from, to]: readonly [number, number], height: number, { gap }: Measure): void {
  let left = 0;
  for (let index = from; index < to; index++) {
    const width = ratios[index]! * height;
    layout.places.push({ index, left, top: layout.height, width, height });
    left += width + gap;
  }
  layout.height += height + gap;
}

/** The places that are seen between two heights. */
export function between(places: readonly Place[], top: number, bottom: number): Place[] {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (places[middle]!.top + places[middle]!.height < top) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < places.length && places[end]!.top <= bottom) end++;
  return places.slice(low, end);
}

/** The indices of the pictures that a rectangle touches. */
export function touched(places: readonly Place[], box: Omit<Place, "index">): number[] {
  const across = between(places, box.top, box.top + box.height);
  return across.filter((own) => own.left <= box.left + box.width && own.left + own.width >= box.left).map((own) => own.index);
}
