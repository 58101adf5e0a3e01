import { demoNumber, post, readBalance, Refused, uploadOrder } from './api.js';
import { Chart } from './chart.js';
import { announce, byId, formatPoints } from './dom.js';
import { messageOf, say, submitting } from './forms.js';
import { createLists, statusWords } from './lists.js';
import { Live } from './live.js';

/** @typedef {import('./api.js').Balance} Balance */
/** @typedef {import('./live.js').Changes} Changes */

const LIVE_WORDS = { connecting: 'Connecting', live: 'Live', polling: 'Looking every 5 s' };

/**
 * The page of somebody who is logged in.
 * @param {() => void} onLoggedOut the portal does not take the session any more
 */
export function createAccount(onLoggedOut) {
  const lists = createLists(failed);
  const chart = new Chart(
    byId('chart-area', HTMLElement),
    byId('chart-caption', HTMLElement),
    byId('chart-empty', HTMLElement),
  );
  const live = new Live(
    (changes) => void apply(changes).catch(failed),
    () => void refresh(),
    (state) => {
      byId('live', HTMLElement).dataset.state = state;
      byId('live-text', HTMLElement).textContent = LIVE_WORDS[state];
    },
  );
  /** @type {Balance | undefined} */
  let balance;
  let refreshing = false;
  let again = false;

  /** Whatever does not come now comes with the next look. @param {unknown} error */
  function failed(error) {
    if (error instanceof Refused && error.loggedOut) onLoggedOut();
  }

  /** Reads everything anew; asked in the middle of it, once more afterwards: answers may not overtake each other. */
  async function refresh() {
    again = refreshing;
    if (refreshing) return;
    refreshing = true;
    try {
      do {
        again = false;
        const [totals] = await Promise.all([readBalance(), lists.orders.listing.refresh(), readLedger()]);
        showBalance(totals);
        draw();
      } while (again);
    } catch (error) {
      failed(error);
    } finally {
      refreshing = false;
    }
  }

  const readLedger = () =>
    Promise.all([lists.statement.listing.refresh(), lists.withdrawals.listing.refresh()]);

  /** @param {Changes} changes */
  async function apply(changes) {
    if (changes.reset || refreshing) return refresh();
    for (const { number, status, accrual } of changes.orders) {
      const points = accrual === undefined ? '' : `, ${formatPoints(accrual)} points`;
      announce(`Order ${number}: ${statusWords[status]}${points}.`);
    }
    lists.orders.listing.put(changes.orders);
    const moved =
      balance?.current !== changes.balance.current || balance.withdrawn !== changes.balance.withdrawn;
    showBalance(changes.balance);
    if (moved) await readLedger();
    draw();
  }

  function draw() {
    lists.orders.draw();
    lists.statement.draw();
    lists.withdrawals.draw();
    chart.show(lists.statement.listing.rows);
  }

  /** @param {Balance} now */
  function showBalance(now) {
    balance = now;
    byId('current', HTMLElement).textContent = formatPoints(now.current);
    byId('withdrawn', HTMLElement).textContent = formatPoints(now.withdrawn);
  }

  createUpload(refresh, failed);
  createWithdrawal(refresh, failed);

  return {
    open() {
      live.start();
    },
    close() {
      live.stop();
      balance = undefined;
      showBalance({ current: 0, withdrawn: 0 });
      for (const list of Object.values(lists)) list.clear();
      chart.show([]);
      for (const form of document.querySelectorAll('form')) form.reset();
      for (const message of document.querySelectorAll('.message')) message.textContent = '';
    },
  };
}

/**
 * @param {() => Promise<void>} refresh
 * @param {(error: unknown) => void} failed
 */
function createUpload(refresh, failed) {
  const number = byId('upload-number', HTMLInputElement);
  const message = byId('upload-message', HTMLElement);
  submitting(byId('upload', HTMLFormElement), message, [number], async () => {
    const uploaded = number.value.trim();
    const { status } = await uploadOrder(uploaded).catch(rethrow(failed));
    number.value = '';
    void refresh();
    return status === 202 ? `Order ${uploaded} is uploaded.` : `You had uploaded order ${uploaded} before.`;
  });
  offerDemoNumber(byId('demo-upload', HTMLButtonElement), number, message);
}

/**
 * @param {() => Promise<void>} refresh
 * @param {(error: unknown) => void} failed
 */
function createWithdrawal(refresh, failed) {
  const order = byId('withdraw-order', HTMLInputElement);
  const sum = byId('withdraw-sum', HTMLInputElement);
  const message = byId('withdraw-message', HTMLElement);
  /** The same withdrawal sent again, because nobody knows whether it was done, is booked once. */
  let attempt = { body: '', key: '' };
  submitting(byId('withdraw', HTMLFormElement), message, [order, sum], async () => {
    const withdrawal = { order: order.value.trim(), sum: pointsOf(sum) };
    const body = JSON.stringify(withdrawal);
    if (attempt.body !== body) attempt = { body, key: randomKey() };
    try {
      await post('/api/user/balance/withdraw', withdrawal, { 'Idempotency-Key': attempt.key });
    } catch (error) {
      if (!(error instanceof Refused && error.unknown)) attempt = { body: '', key: '' };
      return rethrow(failed)(error);
    }
    attempt = { body: '', key: '' };
    order.value = sum.value = '';
    void refresh();
    return `Order ${withdrawal.order} is paid with ${formatPoints(withdrawal.sum)} points.`;
  });
  offerDemoNumber(byId('demo-withdraw', HTMLButtonElement), order, message);
}

/**
 * @param {(error: unknown) => void} failed
 * @returns {(error: unknown) => never}
 */
const rethrow = (failed) => (error) => {
  failed(error);
  throw error;
};

/** @param {HTMLInputElement} field */
function pointsOf(field) {
  const text = field.value.trim().replace(',', '.');
  if (/^\d{1,12}(\.\d{1,2})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error('Points are a number above zero, with at most two decimals.');
}

function randomKey() {
  return [...window.crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} field
 * @param {HTMLElement} message
 */
function offerDemoNumber(button, field, message) {
  button.addEventListener('click', async () => {
    try {
      field.value = await demoNumber();
      field.focus();
      say(message, 'Here is the number of an order that somebody has just paid for.');
    } catch (error) {
      say(message, messageOf(error), 'bad');
    }
  });
}
