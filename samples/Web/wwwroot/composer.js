// The message form: text, attachments, and the options of the next answer.

import * as attachments from './attachments.js';
import { byId, element } from './dom.js';
import * as drafts from './drafts.js';

const form = byId('composer');
const box = byId('message');
const model = byId('model');
const effort = byId('effort');

let owner = null; // the conversation whose draft is in the form; null for the new one

export const focus = () => box.focus();

const keep = () => drafts.keep(owner, { text: box.value, files: attachments.current() });

/** Shows the draft of a conversation. */
export function show(id) {
  owner = id;
  const draft = drafts.read(id);
  if (box.value !== draft.text) {
    box.value = draft.text;
  }

  attachments.show(draft.files);
  fit();
}

/** Takes the message out of the form. */
export function take() {
  const message = { text: box.value, files: [...attachments.current()] };
  drafts.remove(owner);
  show(owner);
  return message;
}

/** Restores a message that could not be sent, in the conversation it was written in. */
export function restore(id, message) {
  const draft = drafts.read(id);
  if (draft.text === '' && draft.files.length === 0) {
    drafts.keep(id, message);
    if (id === owner) {
      show(id);
    }
  }
}

function fault() {
  const value = document.querySelector('input[name=fault]:checked')?.value || null;
  document.querySelector('input[name=fault][value=""]').checked = true;
  return value;
}

/** The options of the next answer. A simulated failure applies to one answer. */
export const options = () => ({ search: byId('search').checked, model: model.value || null, effort: effort.value || null, fault: fault() });

/** Grows with the text, wrapped lines included. */
function fit() {
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight + 2, window.innerHeight * 0.4)}px`;
}

function fillModels(about) {
  const models = about.models ?? [];
  byId('options').hidden = models.length === 0;
  const choice = (value, text) => element('option', { value, textContent: text });
  const fillEfforts = () => {
    const efforts = models.find((one) => one.id === (model.value || about.model))?.efforts ?? [];
    const chosen = effort.value;
    effort.replaceChildren(choice('', 'Default'), ...efforts.map((one) => choice(one, one)));
    effort.value = efforts.includes(chosen) ? chosen : '';
    effort.parentElement.hidden = efforts.length === 0;
  };
  model.replaceChildren(choice('', `Default (${about.model})`), ...models.map((one) => choice(one.id, one.id)));
  model.addEventListener('change', fillEfforts);
  fillEfforts();
}

export function start(onSend) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSend();
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  box.addEventListener('input', () => {
    fit();
    keep();
  });
  window.addEventListener('resize', fit);
}

/** Applies the limits of the server. */
export function configure(about, onProblem) {
  box.maxLength = about.maxText;
  attachments.start(about, keep, onProblem);
  fillModels(about);
}
