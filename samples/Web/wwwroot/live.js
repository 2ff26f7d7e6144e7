// A running answer. It runs on the server, and any number of pages can follow it.

import * as api from './api.js';
import { element } from './dom.js';
import { Answer } from './markdown.js';
import { problem } from './notices.js';
import { messages, place, reasoning, sources } from './turn.js';

export class LiveTurn {
  #close = () => {};
  #timer;
  #links = null;
  #progress = element('div', { className: 'progress' });
  #startedAt;
  answer = new Answer();
  thoughts = null;
  text = '';

  /** @param run the run as returned by the server, or a message that is being sent: its id is null */
  constructor(run) {
    this.run = run;
    this.isRunning = run.status === 'running';
    this.messages = messages(run.messages);
    this.node = element('article', { className: 'turn', id: 'live', 'aria-label': 'Running answer', 'aria-busy': 'true' });
    this.#place();
    this.#startedAt = performance.now() - (run.elapsed * 1000);
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  /**
   * Follows the events of the run.
   * @param actions grown(), done(finished), ended(details), gone()
   */
  follow(run, actions) {
    this.run = run;
    this.#tick();
    this.#close = api.follow(run.id, {
      reasoning: ({ text }) => { this.#think(text); actions.grown(); },
      text: ({ text, changes }) => {
        this.text += text;
        this.answer.apply(changes);
        actions.grown();
      },
      citations: ({ citations }) => { this.#cite(citations); actions.grown(); },
      heartbeat: () => {},
      done: (finished) => { this.#end(); actions.done(finished); },
      failed: (details) => { this.#end(); actions.ended(details); },
      stopped: ({ turn }) => { this.#end(); actions.ended({ title: 'You stopped this answer.', turn }); },
      gone: () => { this.#end(); actions.gone(); },
    });
  }

  close() {
    clearInterval(this.#timer);
    this.#close();
  }

  /** Shows why the answer ended, for answers that the server did not store. */
  showProblem(details, choices) {
    this.node.setAttribute('aria-label', 'Incomplete answer');
    this.node.append(problem(details, choices));
  }

  #tick() {
    this.#progress.textContent = this.run.id === null ? 'Sending'
      : `${this.text ? 'Answering' : 'Thinking'}, ${Math.floor((performance.now() - this.#startedAt) / 1000)} s`;
  }

  #place() {
    place(this.node, [...this.messages, this.#progress, this.thoughts, this.answer.node, this.#links]);
  }

  #think(text) {
    if (!this.thoughts) {
      this.thoughts = reasoning('');
      this.#place();
    }

    this.thoughts.lastElementChild.append(text);
  }

  #cite(citations) {
    this.#links = sources(citations);
    this.#place();
  }

  #end() {
    this.isRunning = false;
    this.close();
    this.#progress.remove();
    this.node.setAttribute('aria-busy', 'false');
  }
}
