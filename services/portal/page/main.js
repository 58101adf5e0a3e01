import { call } from './api.js';
import { createAccount } from './account.js';
import { announce, byId } from './dom.js';
import { createEntrance } from './entrance.js';

/** Who uses this browser, for the greeting only; the session is in a cookie that no script can read. */
const WHO = 'gophermart-login';

const welcome = byId('welcome', HTMLElement);
const accountSection = byId('account', HTMLElement);
const session = byId('session', HTMLElement);

const account = createAccount(() => leave('Your session has ended. Log in again.'));
const entrance = createEntrance((login) => {
  window.localStorage.setItem(WHO, login);
  enter();
  byId('main', HTMLElement).focus();
  announce(`Logged in as ${login}.`);
});

byId('logout', HTMLButtonElement).addEventListener('click', async () => {
  await call('/api/user/logout', { method: 'POST' }).catch(() => undefined);
  leave('You are logged out.');
});

function enter() {
  byId('who', HTMLElement).textContent = window.localStorage.getItem(WHO) ?? '';
  show(true);
  account.open();
}

/** @param {string} why */
function leave(why) {
  if (accountSection.hidden) return;
  account.close();
  window.localStorage.removeItem(WHO);
  show(false);
  entrance.open(why);
}

/** @param {boolean} loggedIn */
function show(loggedIn) {
  accountSection.hidden = !loggedIn;
  session.hidden = !loggedIn;
  welcome.hidden = loggedIn;
}

// the cookie cannot be looked at: the first answer tells whether there is a session
call('/api/user/balance').then(enter, (error) => {
  show(false);
  entrance.open(error.loggedOut ? '' : error.message);
});
