// Sentences of the server about what a model cannot honour, taken apart so that they can be said in any language.

export interface NoteWords {
  later: (words: string[], model: string) => string;
  unknown: (model: string, words: string) => string;
  letters: (model: string) => string;
}

const LATER = /^`-*(.+?)` is understood but not honoured yet: (.+) paints as if it were not there\.$/;
const UNKNOWN = /^(?:The )?(.+?)(?: model)? does not know (.+): it drew the rest\.$/;
const LETTERS = /^(?:The )?(.+?)(?: model)? cannot write: /;

/** Notes in the words of a language, those of one kind as one; as they came where they are of none. */
export function notesIn(words: NoteWords, notes: readonly string[]): string[] {
  const later = notes.map((note) => LATER.exec(note)).filter((found) => found !== null);
  const others = notes.filter((note) => !LATER.test(note)).map((note) => noteIn(words, note));
  if (!later.length) return others;
  return [words.later(later.map((found) => found[1]!), later[0]![2]!), ...others];
}

function noteIn(words: NoteWords, note: string): string {
  const unknown = UNKNOWN.exec(note);
  if (unknown) return words.unknown(unknown[1]!, unknown[2]!);
  const letters = LETTERS.exec(note);
  return letters ? words.letters(letters[1]!) : note.replaceAll("`", "");
}
