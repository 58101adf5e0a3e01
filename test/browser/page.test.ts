import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { control, newOrderNumber } from '../flow/support/customer';
import { sharedStack } from '../flow/support/shared-stack';
import { until } from '../flow/support/until';
import { launch, screenshot, visit, withBrowser, type Visit } from './support/browser';
import { namelessControls, narrowLists, overflow, weakTexts } from './support/looks';

/** The page as people use it, in a real browser against the whole system. */

const stack = sharedStack();
const PASSWORD = 'correct horse';
const SEEN_MS = 20_000;
/** Long enough for a person, or a browser, to see an order being worked out. */
const SLOWLY = { processing_ms: 800 };
jest.setTimeout(120_000);

withBrowser('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    await control(stack, SLOWLY);
  });
  afterAll(async () => {
    await control(stack, { processing_ms: 0 });
    await browser.close();
  });
  const visits: Visit[] = [];
  const open = async (...options: Parameters<typeof visit> extends [unknown, ...infer O] ? O : never) => {
    const opened = await visit(browser, ...options);
    visits.push(opened);
    return opened.page;
  };
  afterEach(async () => {
    const offences = visits.flatMap((one) => one.offences);
    for (const { page } of visits.splice(0)) await page.context().close();
    expect(offences).toEqual([]);
  });

  test('from registering to paying with points, and the status changes without a reload', async () => {
    const page = await open();
    await register(page);
    await page.evaluate('window.notReloaded = true');
    await page.getByText('Live', { exact: true }).waitFor();

    await page.locator('#demo-upload').click();
    await holds(page, `document.querySelector('#upload-number').value !== ''`);
    const number = await page.locator('#upload-number').inputValue();
    await page.getByRole('button', { name: 'Upload' }).click();
    const row = page.locator('#orders tbody tr', { hasText: number });
    await row.getByText(/New|In progress/).waitFor();
    await row.getByText('Processed').waitFor();
    const points = Number((await row.locator('td').nth(2).innerText()).replace(/[+,]/g, ''));
    expect(points).toBeGreaterThan(0);
    expect(await pointsShown(page)).toBe(points);
    expect(await page.locator('#announcer').innerText()).toContain(`Order ${number}: Processed`);
    await page.locator('.chart-line').waitFor();

    await page.locator('#demo-withdraw').click();
    await holds(page, `document.querySelector('#withdraw-order').value !== ''`);
    const paid = await page.locator('#withdraw-order').inputValue();
    await page.getByLabel('Points', { exact: true }).fill('0.5');
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByText(`Order ${paid} is paid with 0.50 points.`).waitFor();
    await page.locator('#withdrawals tbody tr', { hasText: paid }).getByText('0.50').waitFor();
    await page.locator('#statement tbody tr', { hasText: paid }).getByText('\u22120.50').waitFor();
    expect(await pointsShown(page)).toBe(Math.round(points * 100 - 50) / 100);
    expect(await page.evaluate('window.notReloaded')).toBe(true);
  });

  test('what happens elsewhere is seen here, and in the other tab', async () => {
    const page = await open();
    await register(page);
    const tab = await page.context().newPage();
    await tab.goto(stack.portalUrl);
    const number = await newOrderNumber(stack);
    const headers = { 'content-type': 'text/plain' };
    await page.request.post(`${stack.portalUrl}/api/user/orders`, { headers, data: number });
    for (const one of [page, tab]) {
      await one.locator('#orders tbody tr', { hasText: number }).getByText('Processed').waitFor();
    }
    await page.reload();
    await page.locator('#orders tbody tr', { hasText: number }).waitFor();
    expect(await pointsShown(page)).toBeGreaterThan(0);
  });

  test('everything can be done with the keyboard alone', async () => {
    const page = await open();
    await holds(page, `document.activeElement.id === 'login'`);
    const login = `keys-${randomUUID()}`;
    await page.keyboard.type(login);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your points', { exact: true }).waitFor();

    await tabTo(page, 'demo-upload');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await holds(page, `document.activeElement.value > '0'`);
    await page.keyboard.press('Enter');
    await page.locator('#orders .pill[data-status=PROCESSED]').waitFor();

    await tabTo(page, 'demo-withdraw');
    await page.keyboard.press('Enter');
    await holds(page, `document.activeElement.id === 'withdraw-order' && document.activeElement.value > '0'`);
    await page.keyboard.press('Tab');
    await page.keyboard.type('0,25');
    await page.keyboard.press('Enter');
    await page.locator('#withdrawals tbody').getByText('0.25').waitFor();

    await tabTo(page, 'logout', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('You are logged out.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.type(login);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('#withdrawals tbody').getByText('0.25').waitFor();
  });

  test('what goes wrong is said in words', async () => {
    const page = await open();
    const login = await register(page);
    const upload = page.locator('#upload-message');
    for (const [number, words] of [
      ['', 'Fill in: order number.'],
      ['12345678904', 'An order number is 1 to 64 digits that pass the Luhn check.'],
    ] as const) {
      await page.locator('#upload-number').fill(number);
      await page.locator('#upload-number').press('Enter');
      await upload.getByText(words).waitFor();
      expect(await page.locator('#upload-number').getAttribute('aria-invalid')).toBe('true');
    }
    await page.locator('#withdraw-order').fill('2377225624');
    for (const [sum, words] of [
      ['1.234', 'at most two decimals'],
      ['1000000', 'There are not enough points in the account.'],
    ] as const) {
      await page.locator('#withdraw-sum').fill(sum);
      await page.locator('#withdraw-sum').press('Enter');
      await page.locator('#withdraw-message').getByText(words).waitFor();
    }
    const other = await open();
    await fillEntrance(other, login);
    await other.getByText('This login is taken; choose another.').waitFor();
    await other.locator('.switch').getByText('Log in').click();
    await other.getByLabel('Password').fill('wrong');
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByText('The login or the password is wrong.').waitFor();
  });

  test('without a stream it looks again and again', async () => {
    const page = await open();
    await page.route('**/api/user/events', (route) => route.fulfill({ status: 429, body: '' }));
    await register(page);
    await page.getByText('Looking every 5 s').waitFor();
    const number = await newOrderNumber(stack);
    const headers = { 'content-type': 'text/plain' };
    await page.request.post(`${stack.portalUrl}/api/user/orders`, { headers, data: number });
    await page.locator('#orders tbody tr', { hasText: number }).getByText('Processed').waitFor();
  });

  test('a session that has ended leads back to the entrance', async () => {
    const page = await open();
    await register(page);
    await page.context().clearCookies();
    await page.locator('#upload-number').fill('12345678903');
    await page.locator('#upload-number').press('Enter');
    await page.getByText('Your session has ended. Log in again.').waitFor();
  });

  describe('looks well', () => {
    let customer: Awaited<ReturnType<BrowserContext['storageState']>>;
    beforeAll(async () => {
      const { page } = await visit(browser);
      await register(page);
      await someHistory(page);
      customer = await page.context().storageState();
      await page.context().close();
    });
    const phone = { width: 360, height: 780 };
    const screens = [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['phone', { colorScheme: 'light', viewport: phone }],
      ['phone-dark', { colorScheme: 'dark', viewport: phone }],
    ] as const;

    test.each(screens)('%s, to a stranger', async (name, options) => {
      const page = await open(options);
      await page.locator('#enter').waitFor();
      expect([await weakTexts(page), await namelessControls(page), await overflow(page)]).toEqual([
        [],
        [],
        0,
      ]);
      await screenshot(page, `${name}-entrance`);
    });

    test.each(screens)('%s, to a customer', async (name, options) => {
      const page = await open({ ...options, storageState: customer });
      await page.locator('.chart-line').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      expect([await weakTexts(page), await namelessControls(page), await overflow(page)]).toEqual([
        [],
        [],
        0,
      ]);
      await screenshot(page, name);
      expect(await narrowLists(page)).toEqual([]);
    });
  });
});

async function fillEntrance(page: Page, login: string): Promise<void> {
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.locator('#enter-submit').click();
}

/** @returns the login */
async function register(page: Page): Promise<string> {
  const login = `browser-${randomUUID().slice(0, 8)}`;
  await fillEntrance(page, login);
  await page.getByText('Your points', { exact: true }).waitFor();
  return login;
}

const pointsShown = async (page: Page): Promise<number> =>
  Number((await page.locator('#current').innerText()).replaceAll(',', ''));

/** Waits until an expression in the page's own language is true. */
const holds = (page: Page, expression: string): Promise<void> =>
  until(() => page.evaluate<boolean>(expression), SEEN_MS);

async function tabTo(page: Page, id: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if ((await page.evaluate('document.activeElement.id')) === id) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to #${id}`);
}

/** Orders of all kinds and some withdrawals, for something to look at. */
async function someHistory(page: Page): Promise<void> {
  const headers = { 'content-type': 'text/plain' };
  const upload = async (kind?: 'invalid') => {
    const data = await newOrderNumber(stack, kind);
    await page.request.post(`${stack.portalUrl}/api/user/orders`, { headers, data });
  };
  const finished = (count: number) =>
    holds(
      page,
      `document.querySelectorAll('#orders :is([data-status=PROCESSED], [data-status=INVALID])').length === ${count}`,
    );
  for (const round of [1, 2, 3]) {
    await upload(round === 2 ? 'invalid' : undefined);
    await upload();
    await finished(2 * round);
    const data = {
      order: await newOrderNumber(stack),
      sum: Math.floor((await pointsShown(page)) * 30) / 100,
    };
    await page.request.post(`${stack.portalUrl}/api/user/balance/withdraw`, { data });
    await holds(page, `document.querySelectorAll('#withdrawals tbody tr').length === ${round}`);
  }
  await upload();
  await page.locator('#orders [data-status=PROCESSING]').waitFor();
}
