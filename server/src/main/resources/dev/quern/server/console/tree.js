/**
 * The prefix tree of the running batch, as the pattern of WAI-ARIA: arrows move, open and close.
 * It is drawn anew with each answer of the server; what is open and has the focus stays so.
 */
import { call } from './api.js';
import { byId, count, el, percent } from './dom.js';

const REFRESH_MILLIS = 1000;
/** Nodes of the first levels are open until someone closes them. */
const OPEN_LEVELS = 2;

export class Tree {
  #root = byId('tree');
  /** By key: whether someone opened or closed it. */
  #opened = new Map();
  #focused = null;
  #view = null;
  #timer = null;
  #runs = 0;

  constructor() {
    this.#root.addEventListener('keydown', (event) => this.#key(event));
    this.#root.addEventListener('click', (event) => {
      const item = event.target.closest('[role=treeitem]');
      if (item) {
        this.#focused = item.dataset.key;
        this.#toggle(item, item.getAttribute('aria-expanded') !== 'true');
      }
    });
    byId('refresh-tree').addEventListener('click', () => this.refresh());
  }

  /** Refreshes until stop has been called as often. */
  start() {
    this.#runs++;
    this.#timer ??= setInterval(() => this.refresh(), REFRESH_MILLIS);
  }

  stop() {
    this.#runs--;
    if (this.#runs === 0) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  async refresh() {
    try {
      const view = await (await call('/quern/v1/tree')).json();
      // The last batch stays in sight when it has ended.
      if (view.children.length > 0 || this.#view === null) {
        this.#view = view;
      } else {
        this.#view.ended = true;
      }
      this.#draw();
    } catch (e) {
      byId('tree-sum').textContent = e.message;
    }
  }

  #draw() {
    const view = this.#view;
    const items = [];
    this.#add(items, view, '', 1);
    const focus = this.#root.contains(document.activeElement);
    this.#root.replaceChildren(...items);
    byId('no-tree').hidden = items.length > 0;
    byId('tree-sum').textContent = items.length === 0
      ? ''
      : `${view.ended ? 'Last batch: ' : ''}${count(view.promptTokens)} prompt tokens, `
        + `${count(view.treeTokens)} when shared ones count once, `
        + `${count(view.cachedTokens)} of them in the cache`;
    const item = this.#item(this.#focused) ?? items[0];
    if (item) {
      item.tabIndex = 0;
      if (focus) {
        item.focus();
      }
    }
  }

  #add(items, above, path, level) {
    above.children.forEach((node, i) => {
      const key = `${path}/${node.text}`;
      const parent = node.children.length > 0 || node.rest !== undefined;
      const open = parent && (this.#opened.get(key) ?? level <= OPEN_LEVELS);
      items.push(item(node, { key, level, open, parent, place: i + 1, of: above.children.length }));
      if (open) {
        this.#add(items, node, key, level + 1);
      }
    });
    if (above.rest) {
      items.push(rest(above.rest, `${path}/…`, level));
    }
  }

  #item(key) {
    return Array.from(this.#root.children).find((i) => i.dataset.key === key);
  }

  #toggle(item, open) {
    if (item.hasAttribute('aria-expanded')) {
      this.#opened.set(item.dataset.key, open);
    }
    item.focus();
    this.#draw();
  }

  #key(event) {
    const items = Array.from(this.#root.children);
    const at = items.indexOf(document.activeElement);
    if (at < 0) {
      return;
    }
    const item = items[at];
    const expanded = item.getAttribute('aria-expanded');
    const level = Number(item.getAttribute('aria-level'));
    let to = null;
    switch (event.key) {
      case 'ArrowDown': to = items[at + 1]; break;
      case 'ArrowUp': to = items[at - 1]; break;
      case 'Home': to = items[0]; break;
      case 'End': to = items.at(-1); break;
      case 'ArrowRight':
        if (expanded === 'false') {
          this.#focused = item.dataset.key;
          this.#toggle(item, true);
        } else if (expanded === 'true') {
          to = items[at + 1];
        }
        break;
      case 'ArrowLeft':
        if (expanded === 'true') {
          this.#focused = item.dataset.key;
          this.#toggle(item, false);
        } else {
          to = items.slice(0, at).findLast((i) => Number(i.getAttribute('aria-level')) < level);
        }
        break;
      case 'Enter':
      case ' ':
        this.#focused = item.dataset.key;
        this.#toggle(item, expanded !== 'true');
        break;
      default:
        return;
    }
    event.preventDefault();
    if (to) {
      item.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
      this.#focused = to.dataset.key;
    }
  }
}

function item(node, { key, level, open, parent, place, of }) {
  const rows = [
    node.running > 0 ? `${count(node.running)} running` : null,
    node.waiting > 0 ? `${count(node.waiting)} waiting` : null,
    node.done > 0 ? `${count(node.done)} done` : null,
  ].filter(Boolean).join(', ');
  const cached = el('span', { class: 'cached', title: 'Share of these tokens in the cache' });
  cached.style.setProperty('--share', String(node.cachedTokens / Math.max(1, node.tokens)));
  const made = el('div', {
    role: 'treeitem',
    tabindex: -1,
    'aria-level': level,
    'aria-posinset': place,
    'aria-setsize': of,
    'aria-expanded': parent ? String(open) : null,
    'aria-selected': 'false',
    'data-key': key,
  },
  el('span', { class: 'twist', 'aria-hidden': 'true' }, parent ? (open ? '▾' : '▸') : ''),
  el('span', { class: 'node' },
    el('span', { class: 'node-text' }, node.text === '' ? '(no text)' : node.text),
    el('span', { class: 'node-facts' },
      cached,
      ` ${count(node.tokens)} tokens, ${percent(node.cachedTokens / Math.max(1, node.tokens))} cached`,
      rows === '' ? '' : `; ${rows}`)));
  made.style.setProperty('--level', String(level - 1));
  return made;
}

function rest(left, key, level) {
  const made = el('div', {
    role: 'treeitem', tabindex: -1, 'aria-level': level, 'aria-selected': 'false', 'data-key': key,
  },
  el('span', { class: 'twist', 'aria-hidden': 'true' }),
  el('span', { class: 'node node-facts' },
    `${count(left.nodes)} more branches: ${count(left.rows)} rows, ${count(left.tokens)} tokens`));
  made.style.setProperty('--level', String(level - 1));
  return made;
}
