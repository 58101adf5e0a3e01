/** What all forms of the page have in common. */

/** @typedef {'' | 'good' | 'bad'} Mood */

/**
 * @param {HTMLElement} message a live region: screen readers read what is put into it
 * @param {string} text
 * @param {Mood} [mood]
 */
export function say(message, text, mood = '') {
  message.textContent = text;
  message.dataset.mood = mood;
}

/**
 * Lets a form be submitted once at a time, and says how it went.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} message
 * @param {HTMLInputElement[]} fields all of which must be filled in
 * @param {() => Promise<string>} act what to say when it is done; it throws what to say when it is not
 */
export function submitting(form, message, fields, act) {
  const mark = (/** @type {HTMLInputElement | undefined} */ wrong) => {
    for (const field of fields) {
      if (field === wrong) field.setAttribute('aria-invalid', 'true');
      else field.removeAttribute('aria-invalid');
    }
  };
  form.addEventListener('input', () => mark(undefined));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    const missing = fields.find(({ value }) => value.trim() === '');
    mark(missing);
    if (missing) {
      missing.focus();
      return say(message, `Fill in: ${missing.labels?.[0]?.textContent?.trim().toLowerCase()}.`, 'bad');
    }
    form.ariaBusy = 'true';
    say(message, '');
    try {
      say(message, await act(), 'good');
    } catch (error) {
      say(message, messageOf(error), 'bad');
      mark(fields[0]);
      fields[0]?.focus();
    } finally {
      form.ariaBusy = 'false';
    }
  });
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
