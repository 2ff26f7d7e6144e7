// Messages that are not sent yet, one per conversation. Texts survive a reload and end with the tab; files are kept in memory.

const files = new Map();
const key = (id) => `draft ${id ?? ''}`;

/** Reads the draft of a conversation; null is the new one. */
export function read(id) {
  return { text: sessionStorage.getItem(key(id)) ?? '', files: files.get(key(id)) ?? [] };
}

export function keep(id, { text, files: attached }) {
  if (text) {
    try {
      sessionStorage.setItem(key(id), text);
    } catch {
      // The storage of the tab is full: the text stays in the box, and does not survive a reload.
    }
  } else {
    sessionStorage.removeItem(key(id));
  }

  files.set(key(id), attached);
}

export const remove = (id) => keep(id, { text: '', files: [] });
