/** While there is no stream, or none can be had, the lists are read so often. */
const POLL_MS = 5_000;
/** A portal that has refused a stream is asked for one again after so long. */
const STREAM_AGAIN_MS = 30_000;

/** @typedef {'connecting' | 'live' | 'polling'} LiveState */
/** @typedef {{ reset: boolean, orders: import('./lists.js').Order[], balance: import('./api.js').Balance }} Changes */

/**
 * Follows what changes in the account: by server-sent events, or by asking again and again where there are none.
 * A page that nobody sees gives its stream back: browsers open only few connections to one host.
 */
export class Live {
  /** @type {EventSource | undefined} */
  #source;
  #poll = 0;
  #again = 0;
  #wanted = false;

  /**
   * @param {(changes: Changes) => void} onChanges
   * @param {() => void} onUnsure what has changed is not known: everything is to be read again
   * @param {(state: LiveState) => void} onState
   */
  constructor(onChanges, onUnsure, onState) {
    this.onChanges = onChanges;
    this.onUnsure = onUnsure;
    this.onState = onState;
    document.addEventListener('visibilitychange', () => {
      if (!this.#wanted) return;
      if (document.hidden) this.#close();
      else this.#open();
    });
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#close();
  }

  #open() {
    this.#close();
    this.onState('connecting');
    this.onUnsure();
    const source = new EventSource('/api/user/events');
    this.#source = source;
    source.addEventListener('changes', ({ data }) => this.onChanges(JSON.parse(data)));
    source.addEventListener('open', () => {
      window.clearInterval(this.#poll);
      this.onState('live');
    });
    source.addEventListener('error', () => {
      this.#startPolling();
      // the browser connects again by itself, but not where it was refused
      if (source.readyState === EventSource.CLOSED) {
        this.#again = window.setTimeout(() => this.#open(), STREAM_AGAIN_MS);
      }
    });
  }

  #startPolling() {
    window.clearInterval(this.#poll);
    this.#poll = window.setInterval(() => this.onUnsure(), POLL_MS);
    this.onState('polling');
    this.onUnsure();
  }

  #close() {
    window.clearInterval(this.#poll);
    window.clearTimeout(this.#again);
    this.#source?.close();
    this.#source = undefined;
  }
}
