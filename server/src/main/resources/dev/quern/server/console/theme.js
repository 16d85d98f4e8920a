// Runs before the first paint: a stored choice must not flash in the other theme.
'use strict';
{
  const STORED = 'quern-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') {
    root.dataset.theme = stored;
  }
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const show = () => {
      button.setAttribute('aria-pressed', String(isDark()));
    };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      localStorage.setItem(STORED, root.dataset.theme);
      show();
    });
    system.addEventListener('change', show);
    show();
  });
}
