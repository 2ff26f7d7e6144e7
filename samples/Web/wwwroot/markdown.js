// Shows an answer's tree, which the server makes from Markdown, and applies changes to it while it grows.

import { breakable, button, element } from './dom.js';
import { copyButton } from './clipboard.js';
import { link } from './links.js';

const Inline = {
  strong: 'strong', emphasis: 'em', deleted: 's', inserted: 'ins', marked: 'mark', superscript: 'sup', subscript: 'sub', 'code-span': 'code',
};

/** A frame around a wide block, which scrolls by itself. */
const scrolling = (name, label, ...children) => element(name, { className: 'scroll', tabindex: '0', role: 'group', 'aria-label': label, dir: 'ltr' }, ...children);

function code(tree) {
  const body = element('code');
  const pre = scrolling('pre', tree.name ? `Code, ${tree.name}` : 'Code', body);
  const wrap = button('Wrap', () => wrap.setAttribute('aria-pressed', String(pre.classList.toggle('wrap'))), { more: ' the lines of the code', 'aria-pressed': 'false' });
  const bar = element('div', { className: 'codebar' }, element('span', { className: 'language', textContent: tree.name ?? '' }), wrap, copyButton(' code', () => body.textContent));
  return [element('div', { className: 'code' }, bar, pre), body];
}

function math() {
  const body = element('code', { className: 'math' });
  return [scrolling('pre', 'Math', body), body];
}

function table() {
  const body = element('table');
  return [scrolling('div', 'Table', body), body];
}

// Each function returns the element of a node, and the element for its children where that is another one.
const Create = {
  root: () => [element('div', { className: 'text' })],
  paragraph: () => [element('p', { dir: 'auto' })],
  heading: (tree) => [element('h3', { className: `level-${tree.level}`, 'data-level': tree.level, dir: 'auto' })],
  list: (tree) => [element(tree.start === undefined ? 'ul' : 'ol', { start: tree.start, className: tree.isLoose ? 'loose' : '' })],
  item: () => [element('li', { dir: 'auto' })],
  quote: () => [element('blockquote', { dir: 'auto' })],
  rule: () => [element('hr')],
  code,
  'math-block': math,
  table,
  row: () => [element('tr')],
  cell: (tree, parent) => [element(parent.isSet ? 'th' : 'td', { className: tree.name ?? '', dir: 'auto', scope: parent.isSet ? 'col' : null })],
  plain: () => [element('p', { className: 'plain', dir: 'auto' })],
  math: () => [element('code', { className: 'math', dir: 'ltr' })],
  break: () => [element('br')],
  checkbox: (tree) => [element('span', { className: tree.isSet ? 'task done' : 'task', role: 'img', 'aria-label': tree.isSet ? 'Done:' : 'To do:' })],
  scope: (tree) => [element('span', { className: `code-${tree.name}` })],
};

/** A node of the tree that is shown. Its children are shown in `body`. */
class Shown {
  children = [];

  constructor(tree, parent) {
    this.tree = tree;
    if (tree.href !== undefined) {
      this.node = tree.type === 'citation'
        ? element('sup', { className: 'citation' }, link(tree.href, [document.createTextNode(tree.text)], { isNumber: true }))
        : link(tree.href, tree.nodes.map((child) => new Shown(child, tree).node));
      return;
    }

    if (tree.type === 'text') {
      this.#showText(tree.text, parent.type === 'code');
      return;
    }

    [this.node, this.body = this.node] = Create[tree.type]?.(tree, parent) ?? [element(Inline[tree.type] ?? 'span')];
    if (tree.text !== undefined) {
      this.body.append(...(tree.type === 'code' || tree.type === 'scope' ? [tree.text] : breakable(tree.text)));
    }

    this.replace(0, tree.nodes ?? []);
  }

  /** Replaces the children from an index on. */
  replace(from, trees) {
    this.children.splice(from).forEach((child) => child.node.remove());
    const added = trees.map((tree) => new Shown(tree, this.tree));
    this.children.push(...added);
    this.body.append(...added.map((child) => child.node));
  }

  /** Appends to a text. The text that is shown already is not replaced, so that a selection in it stays. */
  append(text) {
    this.text = (this.text ?? this.tree.text) + text;
    const isLong = this.tree.type !== 'code' && !/\s/.test(this.text.slice(-400)) && this.text.length > 400;
    if (this.node.nodeType !== Node.TEXT_NODE) {
      const last = this.body.lastChild;
      if (!isLong && last?.nodeType === Node.TEXT_NODE && last.length < 10_000) {
        last.appendData(text);
      } else {
        this.body.append(...(isLong ? breakable(text) : [text]), ...(isLong ? [element('wbr')] : []));
      }
    } else if (isLong) {
      const old = this.node;
      this.#showText(this.text);
      old.replaceWith(this.node);
    } else {
      this.node.appendData(text);
    }
  }

  #showText(text, isCode = false) {
    const parts = isCode ? [document.createTextNode(text)] : breakable(text);
    this.node = parts.length === 1 ? parts[0] : element('span', {}, ...parts);
    this.body = this.node;
  }
}

/** An answer that is shown, whole or growing. */
export class Answer {
  #root = new Shown({ type: 'root' });
  #blocks = [];

  constructor(blocks = []) {
    this.node = this.#root.node;
    this.apply([{ at: [], from: 0, nodes: blocks }]);
  }

  get isEmpty() {
    return this.#blocks.length === 0;
  }

  /** Applies the changes of an event. */
  apply(changes) {
    for (const { at, from, nodes, append } of changes) {
      let shown = this.#root;
      let tree = { nodes: this.#blocks };
      for (const index of at) {
        shown = shown.children[index];
        tree = tree.nodes[index];
      }

      if (append === undefined) {
        tree.nodes.splice(from, Infinity, ...structuredClone(nodes));
        shown.replace(from, nodes);
      } else {
        tree.text += append;
        shown.append(append);
      }
    }

    this.#nestHeadings();
  }

  /** Whether the shown tree is the given one. */
  is(blocks) {
    return JSON.stringify(this.#blocks) === JSON.stringify(blocks);
  }

  /** The headings of an answer are below the heading of its turn, and skip no level. */
  #nestHeadings() {
    let above = 2;
    for (const heading of this.node.getElementsByTagName('h3')) {
      above = Math.min(Number(heading.dataset.level) + 2, above + 1, 6);
      if (heading.ariaLevel !== String(above)) {
        heading.ariaLevel = String(above);
      }
    }
  }
}
