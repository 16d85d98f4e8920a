/** Puts the parts of the page together. */
import { call, forgetKey, hasKey } from './api.js';
import { Chat } from './chat.js';
import { byId, el } from './dom.js';
import { Editor } from './editor.js';
import { Grid } from './grid.js';
import { forgetQueries, queries } from './history.js';
import { showStatus } from './progress.js';
import { Sql } from './sql.js';
import { tabs } from './tabs.js';
import { Tree } from './tree.js';

const editor = new Editor();
const tree = new Tree();
const chat = new Chat(tree);
const sql = new Sql(editor, new Grid(), tree, tabs(byId('results')));
tabs(byId('views'), (id) => {
  document.querySelector('.skip').hash = id === 'tab-sql' ? '#sql-text' : '#chat-text';
});

/** @param choices with a title where they have one */
function offer(title, choices, onClear) {
  byId('list-title').textContent = title;
  byId('list-clear').hidden = onClear === null || choices.length === 0;
  byId('list-clear').onclick = () => {
    onClear();
    byId('list-dialog').close();
  };
  const items = choices.map(({ title: name, sql: text }) => {
    const button = el('button', { type: 'button' },
      name ? el('strong', {}, name) : null, el('code', {}, text));
    button.addEventListener('click', () => {
      editor.text = text;
      byId('list-dialog').close();
      editor.focus();
    });
    return el('li', {}, button);
  });
  byId('list').replaceChildren(
    ...(items.length > 0 ? items : [el('li', { class: 'empty' }, 'Nothing has run yet.')]));
  byId('list-dialog').showModal();
  byId('list').querySelector('button')?.focus();
}

byId('list-close').addEventListener('click', () => byId('list-dialog').close());
byId('history').addEventListener('click', () => {
  offer('History', queries().map((text) => ({ sql: text })), forgetQueries);
});
byId('forget-key').addEventListener('click', () => {
  forgetKey();
  location.reload();
});

document.addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]')) {
    return;
  }
  const inChat = byId('view-sql').hidden;
  if (event.key === 'Escape') {
    if (inChat) {
      chat.stop();
    } else {
      sql.cancel();
    }
  } else if (!inChat && event.ctrlKey && event.key === 'Enter') {
    event.preventDefault();
    sql.run();
  } else if (!inChat && event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'e') {
    event.preventDefault();
    sql.explain();
  }
});

try {
  const about = await (await call('/quern/v1/console')).json();
  byId('model').textContent = about.model;
  byId('forget-key').hidden = !hasKey();
  byId('examples').addEventListener('click', () => offer('Examples', about.examples, null));
  editor.text = queries()[0] ?? about.examples[0].sql;
  editor.focus();
  tree.refresh();
} catch (e) {
  showStatus('failed', `The console cannot be used: ${e.message}`);
}
