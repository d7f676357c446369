// The language of the page: chosen, else the browser's.
import { keep, kept, onKept } from "../state/kept.ts";
import type { Told } from "../state/schema.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export const LANGUAGES = ["auto", "en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Words = typeof en;

export const language = $state(kept("language", { choice: "auto" as Language }));

/** Whether Chinese is read. */
export function isChinese(): boolean {
  const wanted = language.choice === "auto" ? navigator.language : language.choice;
  return wanted.toLowerCase().startsWith("zh");
}

/** All words of the page in its language. */
export function t(): Words {
  return isChinese() ? zh : en;
}

/** Choose a language, and remember it. */
export function setLanguage(choice: Language): void {
  language.choice = choice;
  keep("language", { choice });
  showLanguage();
}

/** Follow what is chosen in other tabs. */
export function followLanguage(): void {
  onKept("language", () => {
    Object.assign(language, kept("language", { choice: "auto" as Language }));
    showLanguage();
  });
}

/** Tell the browser which language the page is in. */
export function showLanguage(): void {
  document.documentElement.lang = isChinese() ? "zh-CN" : "en";
}

/** What is wrong, as a sentence. */
export function sentence(told: Told): string {
  return inTongue(told.message, told.message_zh);
}

/** Of what the server says in both languages, that of the page, without the marks around code. */
export function inTongue(english: string, chinese: string): string {
  return (isChinese() ? chinese : english).replaceAll("`", "");
}
