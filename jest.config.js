const transform = {
  transform: {
    '^.+\\.[tj]s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }],
  },
  // jose is published as ES modules only
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  testEnvironment: 'node',
  // the bound of a wait, on a machine that is busy with something else
  testTimeout: 30_000,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};
const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...transform,
  ...extra,
});

// what needs a whole system; jest starts one for both
const onTheStack = {
  globalSetup: '<rootDir>/test/flow/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/flow/support/global-teardown.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    project('unit'),
    project('component'),
    project('flow', onTheStack),
    project('browser', onTheStack),
    project('chaos'),
  ],
};
