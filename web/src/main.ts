import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { showLanguage } from "./i18n/i18n.svelte.ts";
import { startKeys } from "./state/keys.ts";
import { startRouter } from "./state/router.svelte.ts";
import { showTheme } from "./state/theme.svelte.ts";

showTheme();
showLanguage();
startRouter();
startKeys();
mount(App, { target: document.querySelector("#app")! });
