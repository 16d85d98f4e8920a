/** Queries that ran, newest first; kept by the browser. */
const STORED = 'quern-history';
const MOST = 50;

export function queries() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(stored) ? stored.filter((q) => typeof q === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(sql) {
  const others = queries().filter((q) => q !== sql);
  try {
    localStorage.setItem(STORED, JSON.stringify([sql, ...others].slice(0, MOST)));
  } catch {
    // Full or forbidden: the query runs without being remembered.
  }
}

export function forgetQueries() {
  localStorage.removeItem(STORED);
}
