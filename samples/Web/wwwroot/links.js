// Links that show where they lead.

import { element } from './dom.js';

// Characters that reverse or hide parts of a text.
const Controls = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The ASCII host of an address, or the domain of a mail address. Null for addresses that are not linked. */
export function hostOf(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url === null ? null
    : url.protocol === 'mailto:' ? decodeURIComponent(url.pathname).split('@').at(-1)
      : url.protocol === 'https:' || url.protocol === 'http:' ? url.host : null;
}

/** Whether a text already is the address: then it hides nothing. */
function isAddress(text, address, host) {
  const plain = text.trim();
  const url = new URL(address);
  if (/[^\x20-\x7e]/.test(plain) || url.username || url.password) {
    return false;
  }

  const start = plain.toLowerCase().replace(/^(https?:\/\/|mailto:)/, '');
  return url.protocol === 'mailto:' ? start.endsWith(`@${host}`) : start === host || start.startsWith(`${host}/`) || start.startsWith(`${host}?`) || start.startsWith(`${host}#`);
}

/**
 * Creates a link without referrer; its text when the address is not http, https or mailto. The ASCII host follows the text, unless the text is the
 * address itself or a number in a list of sources.
 */
export function link(address, children, { isNumber = false } = {}) {
  const host = hostOf(address);
  const text = element('bdi', {}, ...children);
  if (host === null) {
    return text;
  }

  for (const node of text.childNodes) {
    if (node.nodeType === Node.TEXT_NODE && Controls.test(node.data)) {
      node.data = node.data.replace(Controls, '');
    }
  }

  return element(
    'a',
    { href: address, rel: 'noopener noreferrer nofollow', target: '_blank', title: address },
    text,
    isNumber || isAddress(text.textContent, address, host) ? null : element('span', { className: 'host', dir: 'ltr', textContent: ` ${host}` }));
}
