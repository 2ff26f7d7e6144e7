// Creates DOM nodes. Text is never parsed as HTML.

/** Creates an element. Properties that begin with "on", className, textContent and booleans are set as properties, others as attributes. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) {
      continue;
    }

    if (key === 'className' || key === 'textContent' || key === 'value' || key.startsWith('on') || typeof value === 'boolean') {
      node[key] = value;
    } else {
      node.setAttribute(key, value);
    }
  }

  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Text for screen readers only. */
export const hidden = (text) => element('span', { className: 'hidden', textContent: text });

const Paths = {
  fork: 'M6 3v6a4 4 0 0 0 4 4h4M6 3v18M14 9l4 4-4 4',
  close: 'M6 6l12 12M18 6L6 18',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  down: 'M12 4v15M5 12l7 7 7-7',
  file: 'M7 3h7l4 4v14H7zM14 3v5h4',
  pen: 'M4 20l1-4L16 5l3 3L8 19z',
};

/** An icon as SVG, because fonts lack some glyphs. Hidden from screen readers. */
export function icon(name) {
  const Svg = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(Svg, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(Svg, 'path');
  path.setAttribute('d', Paths[name]);
  svg.append(path);
  return svg;
}

/** A button whose name begins with its visible text, continued by what it applies to. */
export function button(text, onclick, { more = '', className = '', ...properties } = {}) {
  return element('button', { type: 'button', className, onclick, 'aria-label': more ? text + more : null, ...properties }, text);
}

// The longest run of letters that the page lays out as one word: a longer one blocks the browser for seconds.
const LongWord = /\S{400,}/;

/** Text with places to break inside very long words. */
export function breakable(text) {
  if (!LongWord.test(text)) {
    return [document.createTextNode(text)];
  }

  const nodes = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + 200);
    // A pair of surrogates is one letter.
    end += end < text.length && /[\uDC00-\uDFFF]/.test(text[end]) ? 1 : 0;
    nodes.push(document.createTextNode(text.slice(start, end)), element('wbr'));
    start = end;
  }

  return nodes;
}
