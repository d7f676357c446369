// What the browser remembers of this page; a browser that remembers nothing is none the worse.

/** What was kept under a name, with what is missing from `plain`; `plain` where there is nothing to read. */
export function kept<T extends object>(name: string, plain: T): T {
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(`sfumato.${name}`) ?? "{}") as Partial<T>) };
  } catch {
    return { ...plain };
  }
}

/** Call when another tab keeps something under a name. */
export function onKept(name: string, hear: () => void): void {
  addEventListener("storage", (event) => event.key === `sfumato.${name}` && hear());
}

/** Keep a value under a name. */
export function keep(name: string, value: object): void {
  try {
    localStorage.setItem(`sfumato.${name}`, JSON.stringify(value));
  } catch {
    return; // private windows may refuse
  }
}
