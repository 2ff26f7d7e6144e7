// An answer in the making. It belongs to the server; this is one of the places that watch it.

import * as api from './api.js';
import { GrowingText, element } from './text.js';
import { problem, reasoning, said, sources } from './turn.js';

export class LiveTurn {
  #close;
  #timer;
  #thoughts = null;
  #links = null;
  #growing;
  #life = element('div', { className: 'life' });
  #text = element('div', { className: 'text' });
  #answer = element('div', { className: 'answer' }, this.#life, this.#text);

  /**
   * @param run what the server says of it
   * @param actions done(finished), ended(), resume(keep), dismiss(), open(conversation), say(words), grown()
   */
  constructor(run, actions) {
    this.run = run;
    this.isRunning = run.status === 'running';
    this.node = element('article', { className: 'turn', id: 'live', 'aria-label': 'The answer that is being written', 'aria-busy': 'true' }, ...said(run.said), this.#answer);
    this.#growing = new GrowingText(this.#text);
    const begun = performance.now() - (run.elapsed * 1000);
    const tick = () => { this.#life.textContent = `${this.#growing.whole ? 'Answering' : 'Thinking'}, ${Math.floor((performance.now() - begun) / 1000)} s`; };
    tick();
    this.#timer = setInterval(tick, 1000);
    this.#close = api.follow(run.id, {
      reasoning: ({ text }) => { this.#think(text); actions.grown(); },
      text: ({ text }) => { this.#growing.add(text); actions.grown(); },
      citations: ({ citations }) => this.#cite(citations),
      beat: () => {},
      done: (finished) => { this.#end(); actions.done(finished, this.#growing.whole); },
      failed: (details) => this.#broken(details, actions),
      stopped: () => this.#broken({ title: 'You stopped this answer.', detail: this.#growing.whole ? 'What came is kept here until you go on.' : '' }, actions),
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
    if (!this.#thoughts) {
      this.#thoughts = reasoning('');
      this.#answer.insertBefore(this.#thoughts, this.#text);
    }

    this.#thoughts.lastElementChild.append(text);
  }

  #cite(citations) {
    this.#links?.remove();
    this.#links = sources(citations);
    this.#answer.append(this.#links);
  }

  #end() {
    this.isRunning = false;
    this.close();
    this.#life.remove();
    this.#growing.flush();
    this.node.setAttribute('aria-busy', 'false');
  }

  #broken(details, actions) {
    this.#end();
    this.node.setAttribute('aria-label', 'An answer that did not end');
    const ways = [];
    if (details.conversation) {
      ways.push(['Open it', () => actions.open(details.conversation)]);
    } else if (this.#growing.whole) {
      ways.push(['Go on', () => actions.resume(true)]);
    }

    ways.push(['Try again', () => actions.resume(false)], ['Dismiss', () => actions.dismiss()]);
    this.#answer.append(problem(details, ways));
    actions.ended();
  }
}
