import tseslint from 'typescript-eslint';

const pure = [
  'src/lib/**',
  'src/model/**',
  'src/policy/**',
  'src/facts/**',
  'src/rules/**',
  'src/engine/**',
  'src/explain/**',
  'src/report/**',
];

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'cdk.out/**', '.cache/**', '.venv/**', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './page/tsconfig.json'] } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Values are compared by code point, which is what spreading a string gives.
      '@typescript-eslint/no-misused-spread': 'off',
      'no-console': 'error',
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'The pure core knows no environment.' },
        { name: 'fetch', message: 'The pure core does no I/O.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock is injected.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The clock is injected.' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Chance is injected.' },
        { selector: 'AwaitExpression', message: 'The pure core never waits.' },
      ],
    },
  },
  {
    files: ['src/**', 'cli/**', 'lambda/**', 'infra/**', 'page/**'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['src/**', 'cli/**', 'lambda/**', 'infra/**'],
    ignores: ['cli/terminal/environment.ts', 'lambda/environment.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read in cli/terminal/environment.ts and lambda/environment.ts alone.',
        },
      ],
    },
  },
  {
    // A name for the type of a shape.
    files: ['src/model/**'],
    rules: { '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }] },
  },
  { files: ['bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The models of the Kubernetes client are classes in name: what it takes and gives are plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
);
