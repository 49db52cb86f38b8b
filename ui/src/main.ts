import { mount } from "svelte";

import App from "./App.svelte";
import { openBackend } from "./backend";
import "./styles/tokens.css";
import "./styles/base.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

const backend = await openBackend();
mount(App, { target, props: { backend } });
