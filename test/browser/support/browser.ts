import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium } from '../../../tools/provision/chromium';
import { repositoryRoot } from '../../../tools/stack/paths';
import { sharedStack } from '../../flow/support/shared-stack';

const root = repositoryRoot();
const found = findChromium(root);
const screenshots = join(root, 'test-output', 'browser');

/** Tests that need a browser; skipped, with a word, on a machine that has none. */
export const withBrowser = 'path' in found ? describe : describe.skip;
if ('missing' in found) console.log(`SKIPPED: the page is not tested in a browser. ${found.missing}`);

export function launch(): Promise<Browser> {
  if ('missing' in found) throw new Error(found.missing);
  return chromium.launch({
    executablePath: found.path,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-gpu',
      '--disable-dev-shm-usage',
    ],
  });
}

/** A page of the portal, and all that must not happen on it. */
export interface Visit {
  page: Page;
  /** Violations of the Content-Security-Policy, errors of scripts, and requests to anybody but the portal. */
  offences: string[];
}

/** Opens the portal's page in a browser of its own. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const { portalUrl } = sharedStack();
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const offences: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== portalUrl && protocol !== 'data:') offences.push(`a request to ${request.url()}`);
  });
  page.on('pageerror', (error) => offences.push(`an error: ${error.message}`));
  await page.exposeFunction('tellOffence', (text: string) => offences.push(text));
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
       window.tellOffence('the policy ' + violatedDirective + ' against ' + blockedURI));`,
  );
  await page.goto(portalUrl);
  return { page, offences };
}

/** Kept in test-output/browser. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
