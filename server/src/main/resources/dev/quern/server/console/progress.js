/** The line of a running query: rows, tokens a second, share from the cache, time left. */
import { announce, byId, count, duration, el, percent } from './dom.js';

const ANNOUNCE_MILLIS = 5000;
let announced = 0;

/** @param {'idle'|'busy'|'done'|'failed'} state */
export function showStatus(state, text, aloud = true) {
  byId('dot').dataset.state = state;
  byId('status').textContent = text;
  if (aloud) {
    announce(text);
  }
  const bar = byId('bar');
  if (state === 'busy') {
    bar.removeAttribute('value');
  } else {
    bar.value = state === 'done' ? 1 : 0;
  }
}

export function clearFigures() {
  byId('figures').replaceChildren();
  announced = performance.now();
}

/** @param event of type progress, done or cancelled */
export function showFigures(event) {
  const figures = [
    ['Rows', event.totalRows === undefined
      ? count(event.rows)
      : `${count(event.rows)} of ${count(event.totalRows)}`],
    ['Prompt tokens/s', count(event.promptTokensPerSecond)],
    ['Answer tokens/s', count(event.completionTokensPerSecond)],
    ['From cache', event.cachedShare === undefined ? '' : percent(event.cachedShare)],
    ['Elapsed', duration(event.seconds)],
  ];
  if (event.type === 'progress' && event.secondsLeft !== undefined) {
    figures.push(['Left', `about ${duration(event.secondsLeft)}`]);
  }
  if (event.failedRows > 0) {
    figures.push(['Failed rows', count(event.failedRows)]);
  }
  byId('figures').replaceChildren(
    ...figures.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
  if (event.type === 'progress') {
    if (event.totalRows > 0) {
      byId('bar').value = event.rows / event.totalRows;
    }
    const now = performance.now();
    if (now - announced > ANNOUNCE_MILLIS) {
      announced = now;
      announce(figures.map(([name, value]) => `${name} ${value}`).join(', '));
    }
  }
}
