/** Calls of the server, with the API key where it asks for one. */
import { byId } from './dom.js';

const KEY = 'quern-api-key';

/** An answer other than 2xx; line and column where the SQL is at fault. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error.message ?? `the server answered ${status}`);
    this.status = status;
    this.line = error.line;
    this.column = error.column;
    this.sqlState = error.sqlState;
  }
}

/** Whether a key is kept in this tab. */
export const hasKey = () => sessionStorage.getItem(KEY) !== null;

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

let asking = null;

/** Asks once, however many calls wait for the key. */
function askKey(reason) {
  asking ??= new Promise((resolve) => {
    const dialog = byId('key-dialog');
    const input = byId('key-input');
    byId('key-reason').textContent = reason;
    input.value = '';
    const use = () => {
      if (input.value.trim() !== '') {
        sessionStorage.setItem(KEY, input.value.trim());
        dialog.close();
      }
    };
    const onEnter = (event) => {
      if (event.key === 'Enter') {
        event.preventDefault();
        use();
      }
    };
    byId('key-use').addEventListener('click', use);
    input.addEventListener('keydown', onEnter);
    dialog.addEventListener('close', () => {
      byId('key-use').removeEventListener('click', use);
      input.removeEventListener('keydown', onEnter);
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
    input.focus();
  });
  return asking;
}

/**
 * One call; asks for a key after 401, and gives up when none is given.
 *
 * @returns {Promise<Response>} an answer of 2xx
 */
export async function call(path, { body, signal, method = body ? 'POST' : 'GET' } = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = {};
    if (key !== null) {
      headers.Authorization = `Bearer ${key}`;
    }
    if (body) {
      headers['Content-Type'] = 'application/json';
    }
    const response = await fetch(path, {
      method,
      headers,
      signal,
      body: body ? JSON.stringify(body) : undefined,
    });
    if (response.ok) {
      return response;
    }
    const error = (await response.json().catch(() => ({}))).error ?? {};
    if (response.status === 401) {
      if (sessionStorage.getItem(KEY) === key) {
        sessionStorage.removeItem(KEY);
        await askKey(key === null
          ? 'This server asks for a key. It stays in this tab until the tab closes.'
          : 'The server does not know this key.');
      }
      if (hasKey()) {
        continue;
      }
    }
    throw new ApiError(response.status, error);
  }
}

/** A name for this tab's SQL session; a tab that is loaded again comes back to its views. */
export function sessionName() {
  const stored = sessionStorage.getItem('quern-session');
  if (stored !== null) {
    return stored;
  }
  // Not randomUUID: a page from another machine without TLS does not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem('quern-session', name);
  return name;
}
