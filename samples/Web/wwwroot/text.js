// Renders model text as DOM nodes. Text is never parsed as HTML: all text becomes text nodes, and only http and https addresses become links.

const Inline = /(`+)([^`]+?)\1|\*\*([^*\n]+)\*\*|\[\[?([^\]\n]+)\]?\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"'`)\]]+[^\s<>"'`)\].,;:!?])/g;

export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'className' || key === 'textContent' || key.startsWith('on') || typeof value === 'boolean') {
      node[key] = value;
    } else {
      node.setAttribute(key, value);
    }
  }

  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Creates a link without referrer, or plain text when the address is not http or https. */
export function link(address, text) {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url && (url.protocol === 'https:' || url.protocol === 'http:')
    ? element('a', { href: url.href, rel: 'noopener noreferrer nofollow', target: '_blank', textContent: text })
    : document.createTextNode(text);
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(Inline)) {
    nodes.push(document.createTextNode(text.slice(end, match.index)));
    const [whole, , code, bold, words, address, bare] = match;
    nodes.push(code !== undefined ? element('code', { textContent: code })
      : bold !== undefined ? element('strong', { textContent: bold })
        : bare !== undefined ? link(bare, bare)
          : link(address, words));
    end = match.index + whole.length;
  }

  nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

/** Splits a text into blocks, with the kind and start of each. */
function blocks(text) {
  const found = [];
  let current = null;
  let start = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const bare = line.trimEnd();
    const fence = /^\s*(```|~~~)/.exec(bare);
    const kind = current?.kind === 'code' && !current.isClosed ? 'code'
      : fence ? 'code'
        : bare === '' ? null
          : /^#{1,6} /.test(bare) ? 'head'
            : /^\s*[-*] /.test(bare) ? 'ul'
              : /^\s*\d+[.)] /.test(bare) ? 'ol'
                : current && current.kind !== 'code' && current.kind !== 'head' ? current.kind : 'p';
    if (kind === null) {
      current = null;
    } else if (current?.kind === kind && kind !== 'head' && !current.isClosed) {
      current.lines.push(bare);
      current.isClosed = kind === 'code' && fence !== null;
    } else {
      current = { kind, start, lines: [bare], isClosed: false };
      found.push(current);
    }

    start += line.length;
  }

  return found;
}

function block({ kind, lines, isClosed }) {
  if (kind === 'code') {
    return element('pre', { tabindex: '0' }, element('code', { textContent: lines.slice(1, isClosed ? -1 : undefined).join('\n') }));
  }

  if (kind === 'head') {
    return element('h3', {}, ...inline(lines[0].replace(/^#+ /, '')));
  }

  if (kind === 'p') {
    return element('p', {}, ...lines.flatMap((line, index) => (index === 0 ? inline(line) : [element('br'), ...inline(line)])));
  }

  const items = [];
  for (const line of lines) {
    const item = /^\s*(?:[-*]|\d+[.)]) (.*)$/.exec(line);
    if (item) {
      items.push(item[1]);
    } else {
      items[items.length - 1] += ` ${line.trim()}`;
    }
  }

  return element(kind, {}, ...items.map((item) => element('li', {}, ...inline(item))));
}

/** Renders a growing text: complete blocks stay unchanged, and only the last block is rendered again. */
export class GrowingText {
  #target;
  #tail = '';
  #node = null;
  #frame = 0;
  whole = '';

  constructor(target) {
    this.#target = target;
  }

  add(text) {
    this.whole += text;
    this.#tail += text;
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  flush() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const found = blocks(this.#tail);
    this.#node?.remove();
    this.#node = null;
    for (const [index, one] of found.entries()) {
      this.#node = block(one);
      this.#target.append(this.#node);
      if (index === found.length - 1) {
        this.#tail = this.#tail.slice(one.start);
      }
    }
  }
}

export function show(target, text) {
  const growing = new GrowingText(target);
  growing.add(text);
  growing.flush();
}
