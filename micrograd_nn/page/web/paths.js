// The paths of a gradient from the root down to a leaf: how many, which, and what each adds.

/** Return the nodes that depend on a leaf, itself included, in the graph's order. */
function findDependents(nodes, leaf) {
  const found = new Set([leaf]);
  nodes.forEach(({ inputs }, node) => {
    if (inputs.some((input) => found.has(input))) {
      found.add(node);
    }
  });
  return found;
}

/** Return how many paths there are from the root down to a leaf, a BigInt. */
export function countPaths(nodes, leaf) {
  const wanted = findDependents(nodes, leaf);
  const counts = new Map([[nodes.length - 1, 1n]]);
  for (let node = nodes.length - 1; node >= 0; node -= 1) {
    if (node !== leaf && counts.has(node)) {
      for (const input of nodes[node].inputs.filter((x) => wanted.has(x))) {
        counts.set(input, (counts.get(input) ?? 0n) + counts.get(node));
      }
    }
  }
  return counts.get(leaf) ?? 0n;
}

/** Return a count as people read it, one of thousands of digits as a power. */
export function formatCount(count) {
  return count < 10n ** 15n ? count.toLocaleString("en") : `about 10^${count.toString().length - 1}`;
}

/** Return the first paths, at most a number of them, each a list of { node, position, input } from the root down. */
export function listPaths(nodes, leaf, most) {
  const wanted = findDependents(nodes, leaf);
  const found = [];
  const path = [];
  const ahead = [{ node: nodes.length - 1, position: 0 }];
  while (ahead.length && found.length < most) {
    const here = ahead.at(-1);
    const { inputs } = nodes[here.node];
    const position = inputs.findIndex((input, i) => i >= here.position && wanted.has(input));
    if (position < 0) {
      ahead.pop();
      path.pop();
      continue;
    }
    here.position = position + 1;
    const edge = { node: here.node, position, input: inputs[position] };
    if (edge.input === leaf) {
      found.push([...path, edge]);
    } else {
      path.push(edge);
      ahead.push({ node: edge.input, position: 0 });
    }
  }
  return found;
}

/** Return the product of the local derivatives along a path, null if one isn't known. */
export function multiplyPartials(graph, path) {
  return path.reduce((product, { node, position }) => {
    const partial = graph.partials[node][position] ?? null;
    return product === null || partial === null ? null : product * partial;
  }, 1);
}

/**
 * Return the product of the local derivatives from the root to each edge of a path, "node-position".
 *
 * Of edges that aren't one path it is empty, and it ends before a derivative that isn't known.
 */
export function multiplyAlong(graph, path) {
  const products = new Map();
  let product = 1;
  let at = graph.root;
  for (const { node, position, input } of path) {
    if (node !== at) {
      return new Map();
    }
    const partial = graph.partials[node][position] ?? null;
    product = product === null || partial === null ? null : product * partial;
    if (product !== null) {
      products.set(`${node}-${position}`, product);
    }
    at = input;
  }
  return products;
}
