import { mount } from "svelte";
import "./app.css";
import Gate from "./sign-in/Gate.svelte";
import { showLanguage } from "./i18n/i18n.svelte.ts";
import { showLook } from "./state/look.svelte.ts";
import { startKeys } from "./state/keys.ts";
import { startRouter } from "./state/router.svelte.ts";
import { showTheme } from "./state/theme.svelte.ts";

showTheme();
showLook();
showLanguage();
startRouter();
startKeys();
mount(Gate, { target: document.querySelector("#app")! });
