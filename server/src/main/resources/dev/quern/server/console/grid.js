/**
 * Rows of a result. Only those in sight are elements, so ten thousand stay quick. One cell is
 * active: arrows, Page, Home and End move it, Enter opens its full text, Ctrl+C copies it.
 */
import { byId, count, el } from './dom.js';

const ROW_HEIGHT = 28;
const SHOWN_CHARACTERS = 300;
const CHARACTER_WIDTH = 7.4;
const WIDTH = { least: 72, most: 440, padding: 24 };
/** Rows that widths of columns are taken from. */
const SAMPLE = 200;

export class Grid {
  #root = byId('grid');
  #body = el('div', { class: 'grid-body', role: 'rowgroup' });
  #columns = [];
  #rows = [];
  #widths = [];
  #active = { row: 0, column: 0 };
  #waiting = false;

  constructor() {
    this.#root.addEventListener('scroll', () => this.#later());
    this.#root.addEventListener('keydown', (event) => this.#key(event));
    this.#root.addEventListener('focus', () => this.#later());
    this.#root.addEventListener('mousedown', (event) => this.#click(event));
    this.#root.addEventListener('dblclick', () => this.#open());
    this.#root.addEventListener('copy', (event) => {
      if (getSelection().isCollapsed) {
        event.clipboardData.setData('text/plain', this.#cell() ?? '');
        event.preventDefault();
      }
    });
    new ResizeObserver(() => this.#later()).observe(this.#root);
    byId('cell-close').addEventListener('click', () => byId('cell-dialog').close());
  }

  get size() {
    return this.#rows.length;
  }

  /** Forgets all rows; @param columns with name, type and number */
  reset(columns) {
    this.#columns = columns;
    this.#rows = [];
    this.#active = { row: 0, column: 0 };
    this.#widths = columns.map((c) => width(c.name.length + c.type.length + 2));
    const head = el('div', { class: 'grid-row grid-head', role: 'row', 'aria-rowindex': 1 },
      el('div', { class: 'row-number', role: 'columnheader' }, '#'),
      ...columns.map((c) => el('div', { role: 'columnheader', class: c.number ? 'number' : null },
        el('span', {}, c.name), ' ', el('span', { class: 'type' }, c.type))));
    this.#body.replaceChildren();
    this.#root.replaceChildren(el('div', { role: 'rowgroup', class: 'grid-top' }, head), this.#body);
    this.#root.setAttribute('aria-colcount', String(columns.length + 1));
    this.#root.scrollTo(0, 0);
    this.#root.hidden = false;
    this.#later();
  }

  /** @param rows arrays of strings and nulls */
  append(rows) {
    for (const row of rows) {
      if (this.#rows.length < SAMPLE) {
        row.forEach((cell, i) => {
          this.#widths[i] = Math.max(this.#widths[i], width(cell === null ? 4 : cell.length));
        });
      }
      this.#rows.push(row);
    }
    this.#later();
  }

  #later() {
    if (!this.#waiting) {
      this.#waiting = true;
      requestAnimationFrame(() => {
        this.#waiting = false;
        this.#draw();
      });
    }
  }

  #draw() {
    const digits = Math.max(2, String(this.#rows.length).length);
    this.#root.style.setProperty('--grid-columns',
      `${digits * 9 + 20}px ${this.#widths.map((w) => `${w}px`).join(' ')}`);
    this.#root.setAttribute('aria-rowcount', String(this.#rows.length + 1));
    this.#body.style.height = `${this.#rows.length * ROW_HEIGHT}px`;
    const from = Math.max(0, Math.floor(this.#root.scrollTop / ROW_HEIGHT) - 5);
    const to = Math.min(
      this.#rows.length,
      from + Math.ceil(this.#root.clientHeight / ROW_HEIGHT) + 10);
    const drawn = [];
    for (let r = from; r < to; r++) {
      drawn.push(this.#row(r));
    }
    this.#body.replaceChildren(...drawn);
    if (this.#rows.length > 0) {
      this.#root.setAttribute('aria-activedescendant', 'active-cell');
    } else {
      this.#root.removeAttribute('aria-activedescendant');
    }
  }

  #row(r) {
    const row = el('div', { class: 'grid-row', role: 'row', 'aria-rowindex': r + 2 },
      el('div', { class: 'row-number', role: 'rowheader' }, count(r + 1)),
      ...this.#rows[r].map((cell, c) => {
        const active = r === this.#active.row && c === this.#active.column;
        return el('div', {
          role: 'gridcell',
          id: active ? 'active-cell' : null,
          class: [cell === null && 'null', active && 'active', this.#columns[c].number && 'number']
            .filter(Boolean).join(' '),
          'data-place': `${r} ${c}`,
        }, cell === null ? 'NULL' : shown(cell));
      }));
    row.style.transform = `translateY(${r * ROW_HEIGHT}px)`;
    return row;
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW_HEIGHT) - 2);
    const far = event.ctrlKey || event.metaKey;
    const { row, column } = this.#active;
    const next = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [row - page, column],
      PageDown: [row + page, column],
      Home: [far ? 0 : row, 0],
      End: [far ? this.#rows.length - 1 : row, this.#columns.length - 1],
    }[event.key];
    if (next) {
      event.preventDefault();
      this.#move(...next);
    } else if (event.key === 'Enter' && !far) {
      event.preventDefault();
      this.#open();
    }
  }

  #move(row, column) {
    this.#active = {
      row: Math.max(0, Math.min(this.#rows.length - 1, row)),
      column: Math.max(0, Math.min(this.#columns.length - 1, column)),
    };
    const top = this.#active.row * ROW_HEIGHT;
    const height = this.#root.clientHeight - 2 * ROW_HEIGHT;
    if (top < this.#root.scrollTop) {
      this.#root.scrollTop = top;
    } else if (top > this.#root.scrollTop + height) {
      this.#root.scrollTop = top - height;
    }
    this.#draw();
    byId('active-cell')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #click(event) {
    const place = event.target.closest('[data-place]')?.dataset.place;
    if (place) {
      const [row, column] = place.split(' ').map(Number);
      this.#active = { row, column };
      for (const cell of this.#body.querySelectorAll('[data-place]')) {
        const active = cell.dataset.place === place;
        cell.classList.toggle('active', active);
        cell.id = active ? 'active-cell' : '';
      }
    }
  }

  #cell() {
    return this.#rows[this.#active.row]?.[this.#active.column];
  }

  #open() {
    const cell = this.#cell();
    if (cell !== undefined) {
      const column = this.#columns[this.#active.column].name;
      byId('cell-title').textContent = `${column}, row ${count(this.#active.row + 1)}`;
      byId('cell-text').textContent = cell ?? 'NULL';
      byId('cell-text').classList.toggle('null', cell === null);
      byId('cell-dialog').showModal();
    }
  }
}

function width(characters) {
  return Math.round(
    Math.min(WIDTH.most, Math.max(WIDTH.least, characters * CHARACTER_WIDTH + WIDTH.padding)));
}

/** One line of a text, not all of a long one. */
function shown(text) {
  const start = text.slice(0, SHOWN_CHARACTERS).replace(/\r\n|\r|\n/g, ' ↵ ');
  return text.length > SHOWN_CHARACTERS ? `${start} …` : start;
}
