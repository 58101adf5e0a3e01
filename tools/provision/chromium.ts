import { check, isExecutable, isMissing, missingMessage, onPath, type Prerequisite } from './prerequisites';

/** Where browsers are that are on no PATH. */
const MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const chromium: Prerequisite = {
  name: 'Chromium',
  minimum: '110',
  purpose: 'to test the page in a browser',
  how: '`apt install chromium`, or CHROMIUM_PATH with where one is',
  candidates: (env) => [
    ...(env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : []),
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap((name) =>
      onPath(name, env),
    ),
    ...MAC.filter(isExecutable),
  ],
  versionArgs: ['--version', '--no-sandbox'],
  pattern: /^(?:Chromium|Google Chrome) (\d+(?:\.\d+)*)/m,
};

/** The browser on this machine; or what to tell a person where there is none. */
export function findChromium(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): { path: string } | { missing: string } {
  const found = check(chromium, env, root);
  return isMissing(found)
    ? { missing: missingMessage([found]).replace(/\n\s*/g, ' ') }
    : { path: found.path };
}
