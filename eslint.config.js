import tseslint from 'typescript-eslint';

/**
 * The import rule of ARCHITECTURE.md. Folders of `src` in the order of one message's journey: a folder
 * may import from itself and from the folders before it, never from those after it.
 */
const journey = [
  'message',
  'transport',
  'actor',
  'kernel',
  'durable',
  'cluster',
  'coordination',
  'resilience',
  'monitoring',
  'gateway',
  'testing',
  'inspector',
  'cli',
];

const nats = {
  name: 'nats',
  message: 'Only transport/nats* and durable/jetstream/ may know the nats client.',
};

const forbidLater = (folder, index) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ['src/transport/nats*.ts', 'src/durable/jetstream/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: [nats],
        patterns: [
          ...journey.slice(index + 1).map((later) => ({
            regex: `/${later}/`,
            message: `${folder} comes before ${later} in a message's journey and must not import it.`,
          })),
          ...(folder === 'cli'
            ? []
            : [{ regex: '/(system|index)\\.ts$', message: 'Only system.ts composes the parts.' }]),
        ],
      },
    ],
  },
});

const ports = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['performance', 'now'],
].map(([object, property]) => ({
  object,
  property,
  message: 'Time and randomness are arguments: see src/ports.ts.',
}));

const timers = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'console'].map((name) => ({
  name,
  message: 'Time and logging are arguments: see src/ports.ts.',
}));

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'machines/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'machines/**/*.ts'],
    ignores: ['src/ports.ts', 'src/cli/**'],
    rules: { 'no-restricted-properties': ['error', ...ports], 'no-restricted-globals': ['error', ...timers] },
  },
  ...journey.map(forbidLater),
  {
    // A program of its own, in a browser: its clock and timers are the browser's.
    files: ['src/inspector/page/**/*.{ts,tsx}'],
    ignores: ['src/inspector/page/model/**'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['machines/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!xstate$|\\./[^/]+\\.ts$)', message: 'Charts import only xstate and each other.' },
          ],
        },
      ],
    },
  },
  {
    files: ['examples/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '(^|/)(src|dist)/', message: 'Examples import only the public doors.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
