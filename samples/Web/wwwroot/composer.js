// The message form: text, and images by drop, paste or button.

import { element } from './text.js';

const byId = (id) => document.getElementById(id);
const form = byId('composer');
const box = byId('message');
const file = byId('file');
const previews = byId('previews');

let images = [];
let limits = { maxImages: 4, maxImageBytes: 4 << 20 };
let showProblem = () => {};

export const focus = () => box.focus();
export const wantsSearch = () => byId('search').checked;

export function take() {
  const message = { text: box.value, images: [...images] };
  box.value = '';
  images = [];
  draw();
  fit();
  return message;
}

/** Restores a message that could not be sent. */
export function restore(message) {
  if (box.value === '' && images.length === 0) {
    box.value = message.text;
    images = message.images;
    draw();
    fit();
  }
}

export async function toUploads(files) {
  return Promise.all(files.map(async (one) => {
    const bytes = new Uint8Array(await one.arrayBuffer());
    let binary = '';
    for (let start = 0; start < bytes.length; start += 0x8000) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    }

    return { data: btoa(binary) };
  }));
}

export function start(about, onSend, onProblem) {
  limits = about;
  showProblem = onProblem;
  box.maxLength = about.maxText;
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
  box.addEventListener('input', fit);
  box.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length > 0) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });
  byId('attach').addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    add(file.files);
    file.value = '';
    box.focus();
  });
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) {
      document.body.classList.remove('dropping');
    }
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    add(event.dataTransfer.files);
  });
}

function add(files) {
  for (const one of files) {
    if (one.type !== 'image/png' && one.type !== 'image/jpeg') {
      showProblem({ title: `${one.name} is neither a PNG nor a JPEG image.`, detail: 'Convert it.' });
    } else if (one.size > limits.maxImageBytes) {
      showProblem({ title: `${one.name} is too large.`, detail: `Images can have at most ${limits.maxImageBytes >> 20} MiB.` });
    } else if (images.length >= limits.maxImages) {
      showProblem({ title: 'There are too many images.', detail: `Send at most ${limits.maxImages}.` });
    } else {
      images.push(one);
    }
  }

  draw();
}

function draw() {
  for (const old of previews.querySelectorAll('img')) {
    URL.revokeObjectURL(old.src);
  }

  previews.replaceChildren(...images.map((one, index) => element(
    'li',
    {},
    element('img', { src: URL.createObjectURL(one), alt: one.name }),
    element('button', {
      type: 'button',
      'aria-label': `Remove ${one.name}`,
      textContent: '×',
      onclick: () => {
        images.splice(index, 1);
        draw();
        box.focus();
      },
    }))));
  previews.hidden = images.length === 0;
}

function fit() {
  box.rows = Math.min(10, box.value.split('\n').length);
}
