/** Runs, explains and cancels the editor's query. */
import { call, sessionName } from './api.js';
import { byId, count, duration, el } from './dom.js';
import { events } from './events.js';
import { remember } from './history.js';
import { showPlan, showPlanError } from './plan.js';
import { clearFigures, showFigures, showStatus } from './progress.js';

export class Sql {
  #editor;
  #grid;
  #tree;
  #showPanel;
  /** The run under way: its place in the editor, its name once the server has told it. */
  #run = null;
  #messages = 0;

  /** @param showPanel selects a tab of the result by its id */
  constructor(editor, grid, tree, showPanel) {
    this.#editor = editor;
    this.#grid = grid;
    this.#tree = tree;
    this.#showPanel = showPanel;
    byId('run').addEventListener('click', () => this.run());
    byId('explain').addEventListener('click', () => this.explain());
    byId('cancel').addEventListener('click', () => this.cancel());
  }

  get running() {
    return this.#run !== null;
  }

  async run() {
    const chosen = this.#editor.chosen();
    if (this.running || chosen.sql.trim() === '') {
      return;
    }
    this.#begin({ ...chosen, id: null, statements: 1, cancelled: false }, 'Running');
    remember(this.#editor.text);
    this.#grid.reset([]);
    byId('grid').hidden = true;
    byId('no-rows').hidden = false;
    byId('cut').hidden = true;
    byId('row-count').textContent = '';
    this.#tree.start();
    try {
      const response =
        await call('/quern/v1/sql', { body: { sql: chosen.sql, session: sessionName() } });
      for await (const data of events(response)) {
        this.#handle(JSON.parse(data));
      }
      if (!this.#run.ended) {
        this.#fail({ message: 'the server ended the answer before the query was done' });
      }
    } catch (e) {
      this.#fail(e);
    } finally {
      this.#end();
      this.#tree.stop();
      this.#tree.refresh();
    }
  }

  async explain() {
    const chosen = this.#editor.chosen();
    if (this.running || chosen.sql.trim() === '') {
      return;
    }
    this.#begin({ ...chosen, cancelled: false }, 'Planning');
    const controller = new AbortController();
    this.#run.abort = controller;
    try {
      const whole = chosen.sql === this.#editor.text;
      const body = { sql: chosen.sql, session: sessionName() };
      if (whole) {
        body.at = this.#editor.caret;
      }
      const started = performance.now();
      const answer =
        await call('/quern/v1/explain', { body, signal: controller.signal });
      showPlan(await answer.json());
      this.#showPanel('tab-plan');
      showStatus('done', `Planned in ${duration((performance.now() - started) / 1000)}; no token was spent`);
    } catch (e) {
      if (controller.signal.aborted) {
        showStatus('idle', 'Cancelled');
      } else {
        showPlanError(e.message);
        this.#fail(e);
      }
    } finally {
      this.#end();
    }
  }

  /** Asks the server; the run ends when it says so. */
  async cancel() {
    const run = this.#run;
    if (run === null || run.cancelled) {
      return;
    }
    run.cancelled = true;
    showStatus('busy', 'Cancelling');
    if (run.abort) {
      run.abort.abort();
    } else if (run.id !== null) {
      await this.#sendCancel(run.id);
    }
  }

  async #sendCancel(id) {
    try {
      await call(`/quern/v1/sql/${id}/cancel`, { method: 'POST' });
    } catch (e) {
      // 404: it has just ended.
      if (e.status !== 404) {
        this.#message('error', e.message);
      }
    }
  }

  #begin(run, text) {
    this.#run = run;
    this.#editor.clearError();
    byId('messages').replaceChildren();
    this.#messages = 0;
    byId('message-count').textContent = '';
    byId('run').disabled = true;
    byId('explain').disabled = true;
    byId('cancel').disabled = false;
    clearFigures();
    showStatus('busy', text);
  }

  #end() {
    const focused = document.activeElement === byId('cancel');
    this.#run = null;
    byId('run').disabled = false;
    byId('explain').disabled = false;
    byId('cancel').disabled = true;
    if (focused || document.activeElement === document.body) {
      this.#editor.focus();
    }
  }

  #handle(event) {
    const run = this.#run;
    switch (event.type) {
      case 'started':
        run.id = event.id;
        run.statements = event.statements;
        if (run.cancelled) {
          this.#sendCancel(run.id);
        }
        break;
      case 'statement':
        if (run.statements > 1) {
          showStatus('busy', `Statement ${event.index + 1} of ${run.statements}`, false);
        }
        break;
      case 'columns':
        this.#grid.reset(event.columns);
        byId('no-rows').hidden = true;
        byId('row-count').textContent = '0';
        this.#showPanel('tab-rows');
        break;
      case 'rows':
        this.#grid.append(event.rows);
        byId('row-count').textContent = count(this.#grid.size);
        break;
      case 'count':
        this.#message('info', event.rows === 0 ? 'Done' : `${count(event.rows)} rows written`);
        break;
      case 'progress':
        showFigures(event);
        break;
      case 'warning':
        this.#message('warning', event.message);
        break;
      case 'cut':
        byId('cut').textContent = event.message;
        byId('cut').hidden = false;
        break;
      case 'done':
      case 'cancelled':
        run.ended = true;
        this.#finish(event);
        break;
      case 'error':
        run.ended = true;
        this.#fail(event);
        break;
      default:
        // The server's own failure, in OpenAI's shape.
        run.ended = true;
        this.#fail(event.error ?? { message: `unknown event ${event.type}` });
    }
  }

  #finish(event) {
    const rows = this.#grid.size;
    const what = `${count(rows)} ${rows === 1 ? 'row' : 'rows'} in ${duration(event.seconds)}`;
    if (event.engineCalls > 0) {
      showFigures(event);
    }
    if (event.type === 'cancelled') {
      showStatus('idle', `Cancelled: ${what}`);
      return;
    }
    showStatus('done', `Done: ${what}`);
    if (byId('grid').hidden && this.#messages > 0) {
      this.#showPanel('tab-messages');
    }
  }

  #fail(error) {
    const { line, column } = this.#inEditor(error);
    const place = line ? `Line ${line}, column ${column}: ` : '';
    const state = error.sqlState ? ` (${error.sqlState})` : '';
    this.#message('error', `${place}${error.message}${state}`);
    this.#showPanel('tab-messages');
    showStatus('failed', `Failed: ${place}${error.message}`);
    if (line) {
      this.#editor.showError(line, column);
    }
  }

  /** A place in the text that was sent, as one in the editor's. */
  #inEditor({ line, column }) {
    const { line: from, column: indent } = this.#run;
    return line
      ? { line: from + line - 1, column: line === 1 ? indent + column - 1 : column }
      : {};
  }

  #message(kind, text) {
    const word = { error: 'Error', warning: 'Warning', info: 'Note' }[kind];
    byId('messages').append(
      el('li', { class: kind }, el('strong', {}, word), ' ', el('span', {}, text)));
    byId('message-count').textContent = count(++this.#messages);
  }
}
