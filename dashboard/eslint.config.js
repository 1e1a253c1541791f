import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// They write <style> elements, which the content security policy refuses (README.md, "Styles").
const STYLE_ELEMENTS = ["AppShell", "Grid", "SimpleGrid", "InlineStyles"];

export default tseslint.config(
  { ignores: ["dist", "public", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "build/**/*.ts", "*.config.ts"],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      reactHooks.configs.flat.recommended,
      jsxA11y.flatConfigs.strict,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", 300],
      // Prettier breaks code; a text stays in one piece, so that a search finds it.
      "max-len": ["error", { code: 140, ignoreStrings: true, ignoreTemplateLiterals: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "@mantine/core", importNames: STYLE_ELEMENTS, message: "See README.md, Styles." }] },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name=/^(hiddenFrom|visibleFrom)$/]",
          message: "Needs a <style> element: use the classes of app/layout.module.css.",
        },
      ],
    },
  },
  { files: ["src/**/*.test.{ts,tsx}"], rules: { "max-lines": ["error", 400] } },
  {
    files: ["scripts/**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly" } },
  },
);
