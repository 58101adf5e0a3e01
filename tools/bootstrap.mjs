// Plain Node and no dependencies: this is what runs before anything is installed.
// use: node tools/bootstrap.mjs <command> [args]   runs tools/<command>.ts or tools/<command>/main.ts, having installed and compiled what it needs
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MINIMUM = [20, 19];
const LAST_LINES = 20;
const PLAIN_REFRESH_MS = 15_000;
const TTY_REFRESH_MS = 1_000;
/** They must work, and at once, whatever state the sources are in. */
const RUN_AS_BUILT = new Set(['stop', 'status', 'reset', 'memory']);

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Something a person must see: printed without a stack. */
class Refusal extends Error {}

async function main([command, ...args]) {
  requireNode();
  if (!/^[a-z][a-z-]*$/.test(command || ''))
    throw new Refusal('use: node tools/bootstrap.mjs <command> [args]');
  const source = [`${command}.ts`, join(command, 'main.ts')].find((file) =>
    existsSync(join(root, 'tools', file)),
  );
  if (source === undefined) throw new Refusal(`there is no command ${command}`);
  const program = join(root, 'dist', 'tools', source.replace(/ts$/, 'js'));
  if (!(RUN_AS_BUILT.has(command) && existsSync(program))) {
    if (!isInstalled()) await install();
    await compile();
  }
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  throw new Refusal(
    `Node ${NODE_MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}; get it from https://nodejs.org`,
  );
}

/** Whether node_modules holds what package-lock.json asks for; npm notes what it has installed in a lock file of its own. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new Refusal('package-lock.json is missing or unreadable');
  if (!installed) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    // optional packages are those of other platforms
    if (!installed[path]) return optional === true || devOptional === true;
    return installed[path].version === version;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * `install --no-save` keeps to package-lock.json like `ci` and changes nothing in git, but does not demand that the lock names
 * every other platform's optional binaries: a lock made against a registry that lacks one of them is refused by `ci`.
 */
async function install() {
  const args = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
  const { failed, missing, lines } = await step('npm packages: installing', 'npm', args);
  if (missing) throw new Refusal('npm is missing; it comes with Node, from https://nodejs.org');
  if (failed) throw new Refusal(['the npm packages could not be installed; npm says:', ...lines].join('\n'));
}

async function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { failed, lines } = await step('TypeScript: compiling', process.execPath, [compiler, '-b']);
  if (failed) throw new Refusal(['the sources do not compile:', ...lines].join('\n'));
}

/** Runs a program with a line that tells how long it has taken, shown once it has taken a while. */
function step(title, program, args) {
  const since = Date.now();
  const tty = process.stderr.isTTY;
  let shown = false;
  const show = (end) => {
    const text = `${title}, ${Math.round((Date.now() - since) / 1_000)} s`;
    process.stderr.write(tty ? `\r\x1b[K${text}${end}` : `${text}\n`);
    shown = true;
  };
  if (program === 'npm') show('');
  const ticker = setInterval(() => show(''), tty ? TTY_REFRESH_MS : PLAIN_REFRESH_MS);
  return new Promise((resolve) => {
    let output = '';
    const end = (result) => {
      clearInterval(ticker);
      if (shown) show('\n');
      resolve({ ...result, lines: output.trimEnd().split('\n').slice(-LAST_LINES) });
    };
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => end({ failed: true, missing: error.code === 'ENOENT' }));
    child.once('close', (code) => end({ failed: code !== 0, missing: false }));
  });
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
