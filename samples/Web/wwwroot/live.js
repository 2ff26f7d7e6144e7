// A running answer. It runs on the server, and any number of pages can follow it.

import * as api from './api.js';
import { GrowingText, element } from './text.js';
import { messages, problem, reasoning, sources } from './turn.js';

export class LiveTurn {
  #close;
  #timer;
  #reasoning = null;
  #links = null;
  #growing;
  #progress = element('div', { className: 'progress' });
  #text = element('div', { className: 'text' });
  #answer = element('div', { className: 'answer' }, this.#progress, this.#text);

  /**
   * @param run the run as returned by the server
   * @param actions done(finished), ended(), resume(keepPartial), dismiss(), open(conversation), gone(), grown()
   */
  constructor(run, actions) {
    this.run = run;
    this.isRunning = run.status === 'running';
    this.node = element('article', { className: 'turn', id: 'live', 'aria-label': 'Running answer', 'aria-busy': 'true' }, ...messages(run.messages), this.#answer);
    this.#growing = new GrowingText(this.#text);
    const startedAt = performance.now() - (run.elapsed * 1000);
    const tick = () => { this.#progress.textContent = `${this.#growing.whole ? 'Answering' : 'Thinking'}, ${Math.floor((performance.now() - startedAt) / 1000)} s`; };
    tick();
    this.#timer = setInterval(tick, 1000);
    this.#close = api.follow(run.id, {
      reasoning: ({ text }) => { this.#think(text); actions.grown(); },
      text: ({ text }) => { this.#growing.add(text); actions.grown(); },
      citations: ({ citations }) => this.#cite(citations),
      heartbeat: () => {},
      done: (finished) => { this.#end(); actions.done(finished, this.#growing.whole); },
      failed: (details) => this.#fail(details, actions),
      stopped: () => this.#fail({ title: 'You stopped this answer.', detail: this.#growing.whole ? 'The partial answer is kept until you continue.' : '' }, actions),
      gone: () => { this.#end(); actions.gone(); },
    });
  }

  get text() {
    return this.#growing.whole;
  }

  close() {
    clearInterval(this.#timer);
    this.#close();
  }

  #think(text) {
    if (!this.#reasoning) {
      this.#reasoning = reasoning('');
      this.#answer.insertBefore(this.#reasoning, this.#text);
    }

    this.#reasoning.lastElementChild.append(text);
  }

  #cite(citations) {
    this.#links?.remove();
    this.#links = sources(citations);
    this.#answer.append(this.#links);
  }

  #end() {
    this.isRunning = false;
    this.close();
    this.#progress.remove();
    this.#growing.flush();
    this.node.setAttribute('aria-busy', 'false');
  }

  #fail(details, actions) {
    this.#end();
    this.node.setAttribute('aria-label', 'Incomplete answer');
    const choices = [];
    if (details.conversation) {
      choices.push(['Open it', () => actions.open(details.conversation)]);
    } else if (this.#growing.whole) {
      choices.push(['Continue', () => actions.resume(true)]);
    }

    choices.push(['Try again', () => actions.resume(false)], ['Dismiss', () => actions.dismiss()]);
    this.#answer.append(problem(details, choices));
    actions.ended();
  }
}
