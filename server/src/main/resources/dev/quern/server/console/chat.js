/** A chat with the served model, streamed over OpenAI's protocol. */
import { call } from './api.js';
import { announce, byId, count, duration, el } from './dom.js';
import { events } from './events.js';

export class Chat {
  #tree;
  #messages = [];
  #abort = null;

  constructor(tree) {
    this.#tree = tree;
    byId('chat-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    byId('chat-text').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    byId('stop').addEventListener('click', () => this.stop());
    byId('new-chat').addEventListener('click', () => {
      this.stop();
      this.#messages = [];
      byId('talk').replaceChildren();
      byId('chat-text').focus();
    });
  }

  get running() {
    return this.#abort !== null;
  }

  /** Ends the answer: the server cancels a request whose client has gone. */
  stop() {
    this.#abort?.abort();
  }

  async send() {
    const text = byId('chat-text').value;
    if (this.running || text.trim() === '') {
      return;
    }
    byId('chat-text').value = '';
    const talk = byId('talk');
    talk.querySelector('.empty')?.remove();
    const messages = this.#messages;
    messages.push({ role: 'user', content: text });
    talk.append(bubble('user', 'You', text));
    const answer = new Answer();
    talk.append(answer.element);
    talk.scrollTo(0, talk.scrollHeight);

    const abort = new AbortController();
    this.#abort = abort;
    byId('send').disabled = true;
    byId('stop').disabled = false;
    this.#tree.start();
    try {
      const response =
        await call('/v1/chat/completions', { body: this.#request(), signal: abort.signal });
      for await (const data of events(response)) {
        if (data === '[DONE]') {
          break;
        }
        const end = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40;
        answer.add(JSON.parse(data));
        if (end) {
          talk.scrollTo(0, talk.scrollHeight);
        }
      }
      answer.end();
    } catch (e) {
      answer.end(abort.signal.aborted ? 'stopped' : e.message, !abort.signal.aborted);
    } finally {
      this.#abort = null;
      this.#tree.stop();
      byId('send').disabled = false;
      byId('stop').disabled = true;
      talk.scrollTo(0, talk.scrollHeight);
      byId('chat-text').focus();
    }
    // A question without an answer would make the next one look like its second half.
    if (answer.text === '') {
      messages.splice(messages.length - 1, 1);
    } else {
      messages.push({ role: 'assistant', content: answer.text });
    }
  }

  #request() {
    const system = byId('chat-system').value;
    const request = {
      messages: system.trim() === ''
        ? this.#messages
        : [{ role: 'system', content: system }, ...this.#messages],
      stream: true,
      stream_options: { include_usage: true },
    };
    if (byId('chat-temperature').value !== '') {
      request.temperature = Number(byId('chat-temperature').value);
    }
    if (byId('chat-max').value !== '') {
      request.max_tokens = Number(byId('chat-max').value);
    }
    return request;
  }
}

function bubble(kind, name, ...content) {
  return el('article', { class: `said ${kind}`, 'aria-label': name },
    el('h3', {}, name), el('div', { class: 'said-text' }, ...content));
}

/** An answer that grows. */
class Answer {
  text = '';
  #shown = document.createTextNode('');
  #thoughts = document.createTextNode('');
  #reasoning = el('details', { class: 'reasoning', open: true, hidden: true },
    el('summary', {}, 'Reasoning'), el('div', { class: 'said-text' }, this.#thoughts));
  #facts = el('p', { class: 'facts' }, 'waiting for the first token');
  #started = performance.now();
  #first = null;
  #reason = null;
  #usage = null;

  constructor() {
    const said = bubble('assistant', 'Model', this.#shown);
    said.querySelector('h3').after(this.#reasoning);
    said.append(this.#facts);
    this.element = said;
  }

  add(chunk) {
    if (chunk.error) {
      throw new Error(chunk.error.message);
    }
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    if (!choice) {
      return;
    }
    this.#reason = choice.finish_reason ?? this.#reason;
    const { content, reasoning_content: thought } = choice.delta ?? {};
    if (content || thought) {
      this.#first ??= performance.now();
      this.#facts.textContent = 'answering';
    }
    if (thought) {
      this.#reasoning.hidden = false;
      this.#thoughts.appendData(thought);
    }
    if (content) {
      this.text += content;
      this.#shown.appendData(content);
    }
  }

  /** @param failure why there is no whole answer */
  end(failure = null, isError = false) {
    const facts = [];
    if (this.#usage) {
      const cached = this.#usage.prompt_tokens_details?.cached_tokens ?? 0;
      facts.push(`${count(this.#usage.prompt_tokens)} prompt tokens (${count(cached)} from cache)`);
      facts.push(`${count(this.#usage.completion_tokens)} answer tokens`);
    }
    if (this.#first !== null) {
      facts.push(`first after ${duration((this.#first - this.#started) / 1000)}`);
      facts.push(`whole after ${duration((performance.now() - this.#started) / 1000)}`);
    }
    if (this.#reason === 'length') {
      facts.push('cut at the most tokens');
    }
    if (failure !== null) {
      facts.push(failure);
    }
    this.#facts.textContent = facts.join(' · ');
    this.#facts.classList.toggle('error', isError);
    announce(isError ? failure : `Answer: ${this.text}`);
  }
}
