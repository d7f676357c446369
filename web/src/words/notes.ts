// Sentences of the server about what a model cannot honour: those of one kind become one.

export interface NoteWords {
  later: (words: string[], model: string) => string;
}

const LATER = /^`-*(.+?)` is understood but not honoured yet: (.+) paints as if it were not there\.$/;

/** Notes as they are shown: `notes` as the server says them in English, `shown` the same ones in the page's language. */
export function notesIn(words: NoteWords, notes: readonly string[], shown: readonly string[]): string[] {
  const later = notes.map((note) => LATER.exec(note)).filter((found) => found !== null);
  const others = shown.filter((_, index) => !LATER.test(notes[index]!)).map((note) => note.replaceAll("`", ""));
  if (!later.length) return others;
  return [words.later(later.map((found) => found[1]!), later[0]![2]!), ...others];
}
