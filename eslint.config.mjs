import tseslint from 'typescript-eslint';

const services = ['portal', 'billing', 'query', 'accrual-adapter', 'fake-orders', 'accrual-simulator'];

/** What a folder may not import, as paths and as names of Node's own modules. */
const wall = (message, ...group) => ({ group, message });
const impure = wall(
  'a domain is pure: it imports its own folder, shared/money, shared/order-number and the events’ types',
  '@*',
  '@*/*',
  'node:*',
  'express',
  'pino',
  'opossum',
  '**/actors/**',
  '**/shared/dapr/**',
  '**/gen/**',
);

export default tseslint.config(
  { ignores: ['dist/', 'services/gen/', 'node_modules/', '.data/', 'test-output/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['tools/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts', '**/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  ...services.map((service) => {
    const others = services.filter((other) => other !== service).map((other) => `**/${other}/**`);
    return {
      files: [`services/${service}/**/*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              wall('services talk through Dapr, never by import', ...others, '!**/gen/**'),
              wall('services do not know the tools or the tests', '**/tools/**', '**/test/**'),
            ],
          },
        ],
      },
    };
  }),
  {
    files: ['services/shared/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [wall('shared code knows no service', ...services.map((service) => `**/${service}/**`))],
        },
      ],
    },
  },
  {
    files: ['services/*/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [impure] }],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time is a parameter' },
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'time is a parameter',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'chance is a parameter',
        },
      ],
    },
  },
);
