// Lint rules; sizes follow the house rule: function ceiling 50 lines, 5 parameters, complexity 10.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const sizes = {
  complexity: ['error', 10],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 5],
  'max-lines': ['error', { max: 300 }],
};

/** Only store/ touches IndexedDB, only api/ calls fetch, only capture/ touches devices. */
const platform = [
  { name: 'indexedDB', message: 'Only src/store touches IndexedDB.' },
  { name: 'fetch', message: 'Only src/api calls fetch.' },
  { name: 'localStorage', message: 'State lives in src/store.' },
];
const dom = ['window', 'document', 'navigator', 'location', 'EventSource', 'XMLHttpRequest'].map((name) => ({
  name,
  message: 'kernel/ and sync/ take the platform as arguments.',
}));

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/generated'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    rules: {
      ...sizes,
      'no-console': 'error',
      'no-undef': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines': ['error', { max: 250 }] } },
  { files: ['src/**'], rules: { 'no-restricted-globals': ['error', ...platform] } },
  { files: ['src/store/**', 'src/**/*.test.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['src/api/**'],
    rules: { 'no-restricted-globals': ['error', ...platform.filter((rule) => rule.name !== 'fetch')] },
  },
  {
    files: ['src/kernel/**', 'src/sync/**'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', ...platform, ...dom] },
  },
  { files: ['**/*.test.ts', 'tests/**'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['scripts/**', '*.js', '*.ts', '*.cjs'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
);
