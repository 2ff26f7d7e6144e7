// Dialogs: a question with yes or no, and a line of text.

import { byId } from './dom.js';

async function show(dialog) {
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((closed) => { dialog.addEventListener('close', closed, { once: true }); });
  return dialog.returnValue === 'yes';
}

/** Asks for confirmation. */
export function confirm(question, yes) {
  byId('question').textContent = question;
  byId('yes').textContent = yes;
  return show(byId('confirm'));
}

/** Asks for a line of text; null when the person cancels. */
export async function ask(label, value, hint) {
  const box = byId('answer');
  byId('answer-label').textContent = label;
  byId('answer-hint').textContent = hint;
  box.value = value;
  const shown = show(byId('ask'));
  box.select();
  return await shown ? box.value.trim() : null;
}

export const isOpen = () => document.querySelector('dialog[open]') !== null;
