/** The plan of a query and what it is expected to cost. */
import { byId, count, el } from './dom.js';

const panel = () => byId('panel-plan');

export function showPlan({ plan, estimates, notes }) {
  const parts = [];
  if (estimates.length > 0) {
    parts.push(el('h3', {}, 'Estimate, before any token is spent'), table(estimates));
  } else if (notes.length === 0) {
    parts.push(el('p', { class: 'notice' }, 'This statement calls no model.'));
  }
  for (const note of notes) {
    parts.push(el('p', { class: 'notice' }, note));
  }
  parts.push(el('h3', {}, 'Plan'));
  parts.push(el('pre', { class: 'plan', tabindex: 0, 'aria-label': 'Plan' }, plan));
  panel().replaceChildren(...parts);
}

export function showPlanError(message) {
  panel().replaceChildren(el('p', { class: 'notice error' }, message));
}

function table(estimates) {
  const labels = [];
  for (const { figures } of estimates) {
    for (const { label } of figures) {
      if (!labels.includes(label)) {
        labels.push(label);
      }
    }
  }
  const head = el('tr', {}, el('th', { scope: 'col' }, 'Call'),
    ...labels.map((label) => el('th', { scope: 'col', class: 'number' }, label)));
  const rows = estimates.map(({ name, figures }) => {
    const values = new Map(figures.map(({ label, value }) => [label, value]));
    return el('tr', {},
      el('th', { scope: 'row' }, name.replace(/^estimate of /, '').replace(/^estimate/, 'all')),
      ...labels.map((label) => el('td', { class: 'number' }, readable(values.get(label)))));
  });
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Estimate' },
    el('table', { class: 'estimate' }, el('thead', {}, head), el('tbody', {}, ...rows)));
}

/** 65536 as 65,536, also in "3 of 65536"; 1.5 stays. */
function readable(value) {
  return (value ?? '').replace(/\b\d{4,}\b/g, (digits) => count(Number(digits)));
}
