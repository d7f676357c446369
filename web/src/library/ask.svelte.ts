// A question before something that cannot be taken back, or for a few words.

export interface Question {
  title: string;
  text?: string;
  /** The word on the button that does it. */
  yes: string;
  /** What cannot be undone is said in the colour of warnings. */
  grave?: boolean;
  /** With a field for words: its name, and what is in it. */
  field?: { label: string; value: string };
  /** With room for more words, which may be none. */
  area?: { label: string; value: string };
  /** With a switch beside it. */
  toggle?: { label: string; value: boolean };
  run: (words: string, on: boolean, more: string) => unknown;
}

export const question = $state<{ now: Question | null }>({ now: null });

/** Ask; what is to be done is done when it is answered with yes. */
export function ask(own: Question): void {
  question.now = own;
}
