import type { Page } from 'playwright-core';

/** Questions to a page about how it looks, asked in its own language: this project's types know no document. */

/**
 * Texts that are too weak against their ground (WCAG 2.2, 1.4.3: 4.5 to 1), as "text: ratio". Those on a picture or a
 * gradient are left out.
 */
export function weakTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = (color) => {
      const [r, g, b] = color.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== 'none') return undefined;
        const [r, g, b, a = 1] = rgb(style.backgroundColor);
        if (a > 0.99) return [r, g, b];
      }
      return [255, 255, 255];
    };
    const weak = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.trim() || !element.checkVisibility() || element.closest('.visually-hidden, .skip, svg')) continue;
      const ground = groundOf(element);
      if (!ground) continue;
      const [one, two] = [light(rgb(getComputedStyle(element).color).slice(0, 3)), light(ground)].sort((a, b) => b - a);
      const ratio = (one + 0.05) / (two + 0.05);
      if (ratio < 4.5) weak.push(node.textContent.trim() + ': ' + ratio.toFixed(2));
    }
    return weak;
  })()`);
}

/** Fields and buttons that a screen reader has no name for. */
export function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('input, button, a')]
    .filter((control) => !((control.labels && control.labels.length) || control.textContent.trim() || control.ariaLabel))
    .map((control) => control.outerHTML)`);
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

/** Lists that are wider than their card, so that one would have to push them aside to read them. */
export const narrowLists = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.list')]
    .filter((list) => list.scrollWidth > list.clientWidth)
    .map((list) => list.querySelector('h2').textContent)`);
