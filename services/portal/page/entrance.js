import { post } from './api.js';
import { byId } from './dom.js';
import { say, submitting } from './forms.js';

/**
 * The form to register and to log in.
 * @param {(login: string) => void} onEntered
 */
export function createEntrance(onEntered) {
  const form = byId('enter', HTMLFormElement);
  const login = byId('login', HTMLInputElement);
  const password = byId('password', HTMLInputElement);
  const submit = byId('enter-submit', HTMLButtonElement);
  const message = byId('enter-message', HTMLElement);
  const mode = () => new FormData(form).get('mode');

  const showMode = () => {
    submit.textContent = mode() === 'register' ? 'Register' : 'Log in';
    password.autocomplete = mode() === 'register' ? 'new-password' : 'current-password';
  };
  form.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'mode') return;
    showMode();
    say(message, '');
  });

  submitting(form, message, [login, password], async () => {
    await post(`/api/user/${mode()}`, { login: login.value, password: password.value });
    password.value = '';
    onEntered(login.value.trim());
    return '';
  });

  return {
    /** @param {string} why what has led here */
    open(why) {
      showMode();
      say(message, why);
      login.focus();
    },
  };
}
