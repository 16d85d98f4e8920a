/**
 * Tabs by the pattern of WAI-ARIA: arrows, Home and End move and select.
 *
 * @param {HTMLElement} list with role tablist; each tab names its panel in aria-controls
 * @param {(id: string) => void} onSelect told the selected tab's id
 * @returns {(id: string) => void} selects a tab without moving the focus
 */
export function tabs(list, onSelect = () => {}) {
  const all = Array.from(list.querySelectorAll('[role=tab]'));

  function select(id) {
    for (const tab of all) {
      const chosen = tab.id === id;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !chosen;
    }
    onSelect(id);
  }

  for (const tab of all) {
    tab.addEventListener('click', () => select(tab.id));
  }
  list.addEventListener('keydown', (event) => {
    const now = all.indexOf(document.activeElement);
    const next = {
      ArrowRight: (now + 1) % all.length,
      ArrowLeft: (now + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (now >= 0 && next !== undefined) {
      event.preventDefault();
      all[next].focus();
      select(all[next].id);
    }
  });
  return select;
}
