/** Small steps on the document, and how numbers and times look. */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T} the element of the page with that id
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const todayFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** @param {number} points */
export const formatPoints = (points) => (Number.isInteger(points) ? whole : exact).format(points);
/** @param {number} points */
export const formatSigned = (points) => `${points < 0 ? '\u2212' : '+'}${formatPoints(Math.abs(points))}`;

/** @param {string} instant RFC 3339 */
export function timeElement(instant) {
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  return element(
    'time',
    { datetime: instant, title: timeFormat.format(at) },
    (today ? todayFormat : timeFormat).format(at),
  );
}

/** @param {string} text read out by screen readers, shown to nobody */
export function announce(text) {
  byId('announcer', HTMLElement).textContent = text;
}
