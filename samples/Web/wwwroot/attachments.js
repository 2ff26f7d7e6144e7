// Images and files of a message: by drop, paste or button.

import { byId, element, icon } from './dom.js';

const picker = byId('file');
const previews = byId('previews');
const Images = ['image/png', 'image/jpeg'];
const Pdf = 'application/pdf';

let attached = [];
let limits = { maxImages: 0, maxImageBytes: 0, maxFiles: 0, maxFileBytes: 0 };
let changed = () => {};
let showProblem = () => {};

export const current = () => attached;

export function show(files) {
  attached = [...files];
  draw();
}

async function toBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }

  return btoa(binary);
}

const isImage = (file) => Images.includes(file.type);

/** The images and files as the server takes them. */
export async function toUploads(files) {
  return {
    images: await Promise.all(files.filter(isImage).map(async (file) => ({ data: await toBase64(file) }))),
    files: await Promise.all(files.filter((file) => !isImage(file)).map(async (file) => ({ name: file.name, mediaType: file.type, data: await toBase64(file) }))),
  };
}

/** The images and files as a message shows them before the server has them. */
export const toViews = (files) => ({
  images: files.filter(isImage).map((file) => ({ url: URL.createObjectURL(file) })),
  files: files.filter((file) => !isImage(file)).map((file) => ({ name: file.name, bytes: file.size })),
});

/** Why a file cannot be attached; null when it can. */
function refusal(file) {
  const image = isImage(file);
  const most = image ? limits.maxImages : limits.maxFiles;
  const bytes = image ? limits.maxImageBytes : limits.maxFileBytes;
  return !image && (file.type !== Pdf || !limits.maxFiles) ? [`${file.name} is not a PNG or JPEG image${limits.maxFiles ? ' or a PDF' : ''}.`, 'Convert it.']
    : file.size > bytes ? [`${file.name} is too large.`, `${image ? 'Images' : 'Files'} can have at most ${bytes >> 20} MiB.`]
      : attached.filter((other) => isImage(other) === image).length >= most ? [`There are too many ${image ? 'images' : 'files'}.`, `Send at most ${most}.`]
        : null;
}

function add(files) {
  for (const file of files) {
    const refused = refusal(file);
    if (refused) {
      showProblem({ title: refused[0], detail: refused[1] });
    } else {
      attached.push(file);
    }
  }

  draw();
  changed();
}

function draw() {
  for (const old of previews.querySelectorAll('img')) {
    URL.revokeObjectURL(old.src);
  }

  previews.replaceChildren(...attached.map((file, index) => element(
    'li',
    {},
    isImage(file) ? element('img', { src: URL.createObjectURL(file), alt: file.name }) : element('span', { className: 'file' }, icon('file'), element('bdi', { textContent: file.name })),
    element('button', {
      type: 'button',
      'aria-label': `Remove ${file.name}`,
      onclick: () => {
        attached.splice(index, 1);
        draw();
        changed();
        byId('message').focus();
      },
    }, icon('close')))));
  previews.hidden = attached.length === 0;
}

export function start(about, onChange, onProblem) {
  [limits, changed, showProblem] = [about, onChange, onProblem];
  picker.accept = [...Images, ...(limits.maxFiles ? [Pdf] : [])].join();
  byId('attach').textContent = limits.maxFiles ? 'Add image or PDF' : 'Add image';
  byId('message').addEventListener('paste', (event) => {
    if (event.clipboardData.files.length > 0) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });
  byId('attach').addEventListener('click', () => picker.click());
  const addPicked = () => {
    add(picker.files);
    picker.value = '';
    byId('message').focus();
  };
  picker.addEventListener('change', addPicked);
  // Chosen before the page had asked for its limits.
  if (picker.files.length > 0) {
    addPicked();
  }

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
