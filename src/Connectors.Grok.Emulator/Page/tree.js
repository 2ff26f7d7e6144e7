// Builds the trees of conversations from the requests: a response belongs below the response that it continues.

export const create = (name, text, className) => {
  const node = document.createElement(name);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  return node;
};

export const formatCost = ticks => ticks === null || ticks === undefined ? '' : `$${(ticks / 1e10).toFixed(6)}`;

export const buildTrees = requests => {
  const nodes = new Map();
  for (const request of requests) {
    if (request.response) nodes.set(request.response, { request, children: [] });
  }
  const roots = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.request.previous);
    if (parent && parent !== node) parent.children.push(node);
    else roots.push(node);
  }
  return roots;
};

const describe = (request, open) => {
  const item = create('li');
  const button = create('button', `${request.number}. ${request.said || '(no text)'}`, 'said');
  button.type = 'button';
  button.addEventListener('click', () => open(request.number));
  item.append(button, create('p', request.answer || '(no text)', 'answer'), create('p', `${request.response} · ${formatCost(request.costInUsdTicks)}`, 'faint'));
  return item;
};

// A chain without forks is one flat list; only forks nest. Written without recursion over a chain, which can be long.
export const renderTree = (list, roots, open) => {
  const work = roots.map(root => ({ list, node: root })).reverse();
  while (work.length > 0) {
    let { list: target, node } = work.pop();
    for (;;) {
      const item = describe(node.request, open);
      target.append(item);
      if (node.children.length !== 1) {
        if (node.children.length > 1) {
          for (const child of [...node.children].reverse()) {
            const branch = create('ol', null, 'tree');
            item.append(branch);
            work.push({ list: branch, node: child });
          }
        }
        break;
      }
      node = node.children[0];
    }
  }
};
