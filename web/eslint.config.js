import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import hooks from 'eslint-plugin-react-hooks'
import refresh from 'eslint-plugin-react-refresh'
import globals from 'globals'
import ts from 'typescript-eslint'

/** `src/ui` knows no feature, and features meet through their contracts only. */
const layers = (files, group, message) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group, message }] }],
  },
})

export default ts.config(
  { ignores: ['src/api/generated', 'node_modules', 'coverage'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  hooks.configs.flat['recommended-latest'],
  refresh.configs.vite,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
    },
  },
  layers(
    ['src/ui/**'],
    ['@/features/*', '@/app/*', '@/api/*'],
    'src/ui imports no feature and no API.',
  ),
  layers(
    ['src/api/**'],
    ['@/features/*', '@/app/*', '@/ui/*'],
    'src/api is below everything else.',
  ),
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },
  {
    files: ['**/*.test.{ts,tsx}', 'tests/**'],
    rules: {
      'react-refresh/only-export-components': 'off',
      // What a test takes for granted fails it when it is not so.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  prettier,
)
