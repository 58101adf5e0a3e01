import { element, formatPoints, formatSigned } from './dom.js';

/** @typedef {import('./lists.js').Entry} Entry */
/** @typedef {{ at: number, balance: number, entry?: Entry }} Point */

const SVG = 'http://www.w3.org/2000/svg';
const INSETS = { top: 14, right: 16, bottom: 24, left: 46 };
const SHORTEST_MS = 1_000;
const TICKS = 3;
/** Of the time shown, before the first entry and after the last. */
const MARGIN = 0.04;

/**
 * Points over time as a stepped line: a balance holds until the next entry.
 */
export class Chart {
  /** @type {Point[]} */
  #points = [];

  /**
   * @param {HTMLElement} area
   * @param {HTMLElement} caption
   * @param {HTMLElement} empty
   */
  constructor(area, caption, empty) {
    this.area = area;
    this.caption = caption;
    this.empty = empty;
    new ResizeObserver(() => this.#draw()).observe(area);
  }

  /** @param {Entry[]} entries newest first */
  show(entries) {
    this.#points = pointsOf(entries);
    this.caption.textContent = describe(this.#points);
    this.#draw();
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.area;
    this.empty.hidden = this.#points.length > 0;
    if (this.#points.length === 0 || width === 0) return this.area.replaceChildren();
    const scale = scaleOf(this.#points, width, height);
    const drawing = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    const line = lineOf(this.#points, scale);
    drawing.append(
      gradient(),
      ...ticks(scale),
      svg('path', {
        class: 'chart-fill',
        fill: 'url(#chart-gradient)',
        d: `${line} V${scale.y(0)} H${scale.x(this.#points[0]?.at ?? 0)} Z`,
      }),
      svg('path', { class: 'chart-line', d: line }),
    );
    const cursor = svg('g', { class: 'chart-cursor' });
    drawing.append(cursor);
    const tip = element('p', { class: 'chart-tip' });
    tip.hidden = true;
    this.area.replaceChildren(drawing, tip);
    const newest = this.#points.at(-1);
    const rest = () => {
      tip.hidden = true;
      cursor.replaceChildren(...(newest ? [dot(newest, scale)] : []));
    };
    rest();
    drawing.addEventListener('pointerleave', rest);
    drawing.addEventListener('pointermove', ({ offsetX }) => this.#point(offsetX, scale, cursor, tip));
  }

  /**
   * Shows the point that is nearest to the pointer.
   * @param {number} offsetX
   * @param {Scale} scale
   * @param {SVGElement} cursor
   * @param {HTMLElement} tip
   */
  #point(offsetX, scale, cursor, tip) {
    const distance = (/** @type {Point} */ { at }) => Math.abs(scale.x(at) - offsetX);
    const nearest = this.#points.reduce((best, point) => (distance(point) <= distance(best) ? point : best));
    const x = scale.x(nearest.at);
    const { top, height } = scale;
    cursor.replaceChildren(svg('line', { x1: x, x2: x, y1: top, y2: top + height }), dot(nearest, scale));
    tip.replaceChildren(
      element('strong', {}, `${formatPoints(nearest.balance)} points`),
      ...(nearest.entry ? [` ${formatSigned(nearest.entry.amount)}`] : []),
      element('br'),
      new Date(nearest.at).toLocaleString(),
    );
    tip.hidden = false;
    const room = this.area.clientWidth - tip.offsetWidth;
    tip.style.transform = `translateX(${Math.max(0, Math.min(room, x - tip.offsetWidth / 2))}px)`;
  }
}

/** @param {Entry[]} entries newest first */
function pointsOf(entries) {
  const oldestFirst = entries.toReversed();
  const [oldest] = oldestFirst;
  if (!oldest) return [];
  const before = Date.parse(oldest.processed_at);
  /** @type {Point[]} */
  const points = oldestFirst.map((entry) => ({
    at: Date.parse(entry.processed_at),
    balance: entry.balance,
    entry,
  }));
  const spanMs = Math.max(SHORTEST_MS, (points.at(-1)?.at ?? before) - before);
  return [
    { at: before - spanMs * MARGIN, balance: roundedHundredth(oldest.balance - oldest.amount) },
    ...points,
  ];
}

/** @param {number} points */
const roundedHundredth = (points) => Math.round(points * 100) / 100;

/** @param {Point[]} points */
function describe(points) {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return 'Points over time: none yet.';
  const highest = Math.max(...points.map(({ balance }) => balance));
  return (
    `Points over time: from ${formatPoints(first.balance)} on ${new Date(first.at).toLocaleDateString()} ` +
    `to ${formatPoints(last.balance)} on ${new Date(last.at).toLocaleDateString()}; ` +
    `the most were ${formatPoints(highest)}. The statement lists every change.`
  );
}

/** @typedef {ReturnType<typeof scaleOf>} Scale */

/**
 * @param {Point[]} points
 * @param {number} width
 * @param {number} height
 */
function scaleOf(points, width, height) {
  const from = points[0]?.at ?? 0;
  const last = Math.max(points.at(-1)?.at ?? 0, from + 1);
  // the newest balance is to be seen, too
  const to = last + (last - from) * MARGIN;
  const step = tickStep(Math.max(...points.map(({ balance }) => balance), 1));
  const most = step * Math.ceil(Math.max(...points.map(({ balance }) => balance), 1) / step);
  const inner = { width: width - INSETS.left - INSETS.right, height: height - INSETS.top - INSETS.bottom };
  return {
    from,
    to,
    step,
    most,
    top: INSETS.top,
    left: INSETS.left,
    ...inner,
    x: (/** @type {number} */ at) => INSETS.left + ((at - from) / (to - from)) * inner.width,
    y: (/** @type {number} */ balance) => INSETS.top + (1 - balance / most) * inner.height,
  };
}

/** @param {number} most */
function tickStep(most) {
  const rough = most / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

/**
 * @param {Point[]} points
 * @param {Scale} scale
 */
function lineOf(points, { x, y, to }) {
  const steps = points
    .map(({ at, balance }, n) => (n === 0 ? `M${x(at)},${y(balance)}` : `H${x(at)} V${y(balance)}`))
    .join(' ');
  return `${steps} H${x(to)}`;
}

/** @param {Scale} scale */
function ticks({ step, most, left, width, top, height, from, to, y }) {
  const lines = Array.from({ length: Math.round(most / step) + 1 }, (_, n) => n * step).flatMap((value) => [
    svg('line', { class: 'chart-grid', x1: left, x2: left + width, y1: y(value), y2: y(value) }),
    text(compact.format(value), { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }),
  ]);
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString();
  const format = sameDay ? clock : day;
  const base = top + height + 18;
  return [
    ...lines,
    text(format.format(from), { x: left, y: base, 'text-anchor': 'start' }),
    text(format.format(to), { x: left + width, y: base, 'text-anchor': 'end' }),
  ];
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/**
 * @param {Point} point
 * @param {Scale} scale
 */
const dot = ({ at, balance }, { x, y }) => svg('circle', { cx: x(at), cy: y(balance), r: 5 });

function gradient() {
  const made = svg('linearGradient', { id: 'chart-gradient', x1: 0, x2: 0, y1: 0, y2: 1 });
  made.append(
    svg('stop', { offset: 0, class: 'chart-stop-top' }),
    svg('stop', { offset: 1, class: 'chart-stop-bottom' }),
  );
  return made;
}

/**
 * @param {string} content
 * @param {Record<string, string | number>} attributes
 */
function text(content, attributes) {
  const made = svg('text', attributes);
  made.textContent = content;
  return made;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
