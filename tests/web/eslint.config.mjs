// The rules for scripts: those that run in a page, and those that test them in Node.

import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: "error",
      eqeqeq: "error",
      "no-console": "error", // a page says nothing there
      "no-eval": "error", // nor do its policies let it
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["micrograd_nn/**/web/**/*.js", "micrograd_nn/notation/javascript/*.mjs", "docs/web/{page,cells,guesses,moving,offline,expressions,networks}/*.js"],
    languageOptions: { globals: { ...globals.browser, caches: "readonly" } },
  },
  {
    files: ["tests/web/**/*.mjs", "micrograd_nn/extras/export/**/*.mjs"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
];
