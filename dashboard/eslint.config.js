import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// They write <style> elements, which the content security policy refuses (README.md, "Styles").
const STYLES = {
  name: "@mantine/core",
  importNames: ["AppShell", "Grid", "SimpleGrid", "InlineStyles"],
  message: "See README.md, Styles.",
};

// The first page has no notices: their code is loaded with the first one.
const NOTICES = { name: "@mantine/notifications", message: "Use `notify` of components/notices.tsx." };

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
      "no-restricted-imports": ["error", { paths: [STYLES, NOTICES] }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name=/^(hiddenFrom|visibleFrom)$/]",
          message: "Needs a <style> element: use the classes of app/layout.module.css.",
        },
      ],
    },
  },
  { files: ["src/api/recordFields.ts"], rules: { "max-lines": "off" } },
  // Arrows point down: app, pages, components, api. Tests render the whole dashboard.
  ...[
    ["api", ["**/app/**", "**/pages/**", "**/components/**"]],
    ["components", ["**/app/**", "**/pages/**"]],
    ["pages", ["**/app/**"]],
  ].map(([folder, group]) => ({
    files: [`src/${folder}/**/*.{ts,tsx}`],
    ignores: ["src/**/*.test.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [STYLES, NOTICES], patterns: [{ group, message: "See README.md, How it is laid out." }] },
      ],
    },
  })),
  { files: ["src/components/{notices,ShownNotices}.tsx", "src/**/*.test.tsx", "src/test/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["src/**/*.test.{ts,tsx}"], rules: { "max-lines": ["error", 400] } },
  {
    files: ["scripts/**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly" } },
  },
);
