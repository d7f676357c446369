import { mount } from "svelte";
import "./app.css";
import Gate from "./sign-in/Gate.svelte";
import { followLanguage, showLanguage } from "./i18n/i18n.svelte.ts";
import { showLook } from "./state/look.svelte.ts";
import { startKeys } from "./state/keys.ts";
import { startRouter } from "./state/router.svelte.ts";
import { followTheme, showTheme } from "./state/theme.svelte.ts";

showTheme();
followTheme();
showLook();
showLanguage();
followLanguage();
startRouter();
startKeys();
mount(Gate, { target: document.querySelector("#app")! });
