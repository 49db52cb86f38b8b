import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Two house rules: one door to the host, and no words in markup. */
const oneDoor = {
  "no-restricted-imports": [
    "error",
    { patterns: [{ group: ["@tauri-apps/*"], message: "Only ui/src/backend speaks with the host." }] },
  ],
};
const noWords = {
  "no-restricted-syntax": [
    "error",
    {
      selector: ":not(SvelteStyleElement, SvelteScriptElement) > SvelteText[value=/[A-Za-z\\u4e00-\\u9fff]{2,}/]",
      message: "Words come from i18n.",
    },
    {
      selector:
        "SvelteAttribute[key.name=/^(title|placeholder|alt|label|aria-label|aria-description)$/] > SvelteLiteral[value=/[A-Za-z]{2,}/]",
      message: "Words come from i18n.",
    },
  ],
  "svelte/no-at-html-tags": "error",
};

export default ts.config(
  { ignores: ["dist", "dist-fake", "src/backend/api.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, __FAKE__: "readonly" } },
    rules: {
      "no-undef": "off",
      // Sets and maps that live inside one function need no reactivity; the rule cannot tell.
      "svelte/prefer-svelte-reactivity": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  { files: ["src/**/*.svelte"], rules: noWords },
  { files: ["src/**"], ignores: ["src/backend/**"], rules: oneDoor },
);
