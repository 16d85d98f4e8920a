/** The text of the query: line numbers, the place of an error, earlier queries. */
import { byId, el } from './dom.js';
import { queries } from './history.js';

export class Editor {
  #text = byId('sql-text');
  #gutter = byId('gutter');
  #lines = 0;
  /** Place among the earlier queries; -1 is what was being written. */
  #at = -1;
  #draft = '';

  constructor() {
    this.#text.addEventListener('input', () => {
      this.#at = -1;
      this.#number();
    });
    this.#text.addEventListener('scroll', () => this.#scroll());
    this.#text.addEventListener('keydown', (event) => {
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        event.preventDefault();
        this.#recall(event.key === 'ArrowUp' ? 1 : -1);
      }
    });
    this.#number();
  }

  get text() {
    return this.#text.value;
  }

  set text(sql) {
    this.#text.value = sql;
    this.#number();
  }

  get caret() {
    return this.#text.selectionEnd;
  }

  focus() {
    this.#text.focus();
  }

  /** What runs: the selection where there is one, with the place of its start. */
  chosen() {
    const { selectionStart: from, selectionEnd: to, value } = this.#text;
    const part = value.slice(from, to);
    if (part.trim() === '') {
      return { sql: value, line: 1, column: 1 };
    }
    const before = value.slice(0, from).split('\n');
    return { sql: part, line: before.length, column: before.at(-1).length + 1 };
  }

  /** Puts the caret to an error and marks its line. */
  showError(line, column) {
    const lines = this.text.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
    this.#text.focus();
    this.#text.setSelectionRange(start + column - 1, start + column - 1);
    this.clearError();
    this.#gutter.children[line - 1]?.classList.add('fault');
    this.#text.setAttribute('aria-invalid', 'true');
  }

  clearError() {
    this.#gutter.querySelector('.fault')?.classList.remove('fault');
    this.#text.removeAttribute('aria-invalid');
  }

  #recall(step) {
    const all = queries();
    const next = Math.min(all.length - 1, Math.max(-1, this.#at + step));
    if (this.#at === -1) {
      this.#draft = this.text;
    }
    this.#at = next;
    this.text = next === -1 ? this.#draft : all[next];
  }

  #number() {
    const lines = this.text.split('\n').length;
    this.clearError();
    if (lines !== this.#lines) {
      this.#lines = lines;
      this.#gutter.replaceChildren(
        ...Array.from({ length: lines }, (_, i) => el('div', {}, String(i + 1))));
    }
    this.#scroll();
  }

  #scroll() {
    this.#gutter.scrollTop = this.#text.scrollTop;
  }
}
