// A step as one equation: symbols, and below each the number of the moment, in the colour of its meaning;
// that of a layer as equations of matrices, with the shape of each.

import { fillPlaces, formula, html, isWord, mathml, setAttributes, sign, writeDerivative, writeFactor, writeName, writeNumber } from "./markup.js";
import { formatAsPython, formatNumber } from "./numbers.js";

const LONGEST_MADE = 24; // letters of names in a line of the loop
const MOST_CELLS = 4; // rows or columns that are written; of more, the first ones and the last
const MATRIX_DIGITS = 3;

/** Writes the equations of passes, with the formulas that came with the page. */
export class Equations {
  constructor(passes, templates, mistakes) {
    Object.assign(this, { passes, templates, mistakes });
  }

  name(node) {
    return this.passes.nameOf(node);
  }

  /** Return the equation of the step just taken, and where a factor in it comes from, as elements. */
  write() {
    const { fact, graph, guessing } = this.passes;
    const asked = guessing?.hides ? "?" : null; // in front of a class
    if (!fact) {
      return [];
    }
    if (fact.kind === "value") {
      return this.writeValue(fact.node, asked);
    }
    if (fact.kind === "seed") {
      const root = this.name(graph.root);
      const one = [{ symbol: writeDerivative(root, root), number: formatNumber(fact.after), note: "where the chain rule begins", kind: "gradient" }];
      return [align(one)];
    }
    if (fact.share === null || asked) {
      return [this.writeShare(fact, asked)];
    }
    const local = this.writeLocal(fact.node, fact.position);
    local.prepend(html("span", { class: "faint" }, "local: ")); // the last factor of the line above, by its formula
    return [this.writeShare(fact, asked), local];
  }

  /** Return the formula of how a node is made, with names; of many long ones, the operation's sign. */
  writeMade(node) {
    const { formula: number, inputs, rule } = this.passes.nodes[node];
    const length = inputs.reduce((sum, input) => sum + this.name(input).length, 0);
    const template = length > LONGEST_MADE ? undefined : this.templates[number];
    return template ? this.withNames(template, node) : mathml("mi", this.passes.graph.rules[rule].symbol);
  }

  /** Return how a node is made: from which names, and from which numbers. */
  writeValue(node, asked = null) {
    const { nodes, graph } = this.passes;
    const { formula: number } = nodes[node];
    if (number === null) {
      return [];
    }
    const template = this.templates[number];
    if (graph.pins.has(node)) {
      return [align([{ symbol: writeName(this.name(node)), number: asked ?? formatNumber(graph.data[node]), note: "pinned", kind: "value" }])];
    }
    return [align([
      { symbol: writeName(this.name(node)), number: asked ?? formatNumber(graph.data[node]), kind: "value" },
      { joint: "=" },
      { symbol: this.withNames(template, node), number: this.withNumbers(template, node), kind: "value" },
    ])];
  }

  writeShare(fact, asked) {
    const { passes } = this;
    const [root, from, to] = [passes.graph.root, fact.node, fact.input].map((node) => this.name(node));
    const [upstream, partial, before, after] = [fact.upstream, fact.partial, fact.before, fact.after].map((x) => formatNumber(x));
    const soFar = passes.broken.overwrite || fact.before === 0
      ? []
      : [{ symbol: writeNote("so far"), number: before, kind: "gradient" }, { joint: "+" }];
    const isDone = !passes.countPending(fact.input) && !passes.isBroken;
    const factors = {
      upstream: { symbol: writeDerivative(root, from), number: writeFactor(upstream), note: "upstream", kind: "gradient", part: "upstream" },
      partial: { symbol: writeDerivative(from, to), number: writeFactor(partial), note: "local derivative", kind: "local", part: "partial" },
    };
    const share = passes.broken.factors?.map((name) => factors[name]) ?? Object.values(factors);
    return align([
      { symbol: writeDerivative(root, to), number: asked ?? after, note: asked ? "" : isDone ? "complete" : "now", kind: "gradient", part: "total" },
      { joint: "=" },
      ...soFar,
      ...share.flatMap((factor, i) => (i ? [{ joint: passes.broken.factors ? "+" : "·" }, factor] : [factor])),
    ]);
  }

  /** Return the line of a local derivative: its formula with symbols and with numbers. */
  writeLocal(node, position) {
    const { nodes, graph } = this.passes;
    const { inputs, local } = nodes[node];
    const parts = [writeDerivative(this.name(node), this.name(inputs[position]))];
    const result = formatNumber(graph.partials[node][position]);
    const template = this.templates[local[position]];
    const place = graph.nameLocal(node, position);
    if (this.passes.broken.locals?.has(place)) {
      const wrong = this.mistakes.find(place);
      parts.push(sign("="), mathml("mtext", this.mistakes.write(wrong, this.passes, node)), sign("="), writeNumber(result));
    } else if (template) {
      const [named, numbered] = [this.withNames(template, node), this.withNumbers(template, node)];
      parts.push(sign("="), named);
      if (numbered.textContent !== named.textContent) {
        parts.push(sign("="), numbered);
      }
      if (numbered.textContent !== result) {
        parts.push(sign("="), writeNumber(result));
      }
    } else {
      parts.push(sign("="), writeNumber(result));
    }
    return html("div", { class: "local" }, formula(...parts));
  }

  /** Return the same with what it is above it. */
  explainEdge(node, position) {
    const { graph } = this.passes;
    const isCut = graph.findCut(node, position) !== undefined;
    const why = isCut ? "This edge is cut: no gradient flows back along it" : `${this.name(node)} is pinned: no gradient flows on from it`;
    const isIdle = isCut || graph.pins.has(node);
    const caption = html("span", { class: "faint" }, isIdle ? why : "The local derivative, along this edge alone");
    return html("div", {}, caption, ...(isIdle ? [] : [this.writeLocal(node, position)]));
  }

  withNames(template, node) {
    return this.fillTemplate(template, node, (at) => {
      const name = this.name(at);
      const isLoose = !isWord(name);
      return this.passes.nodes[at].kind === "constant"
        ? { element: writeNumber(name), isSigned: isLoose }
        : { element: writeName(name), isSigned: isLoose, isLoose };
    });
  }

  withNumbers(template, node) {
    const { graph } = this.passes;
    return this.fillTemplate(template, node, (at, place) => {
      const text = formatNumber(place < 0 ? graph.data[at] : graph.findArriving(node, place));
      return { element: writeNumber(text), isSigned: text.startsWith("−") || text.includes("e") };
    });
  }

  fillTemplate(template, node, as) {
    const { inputs } = this.passes.nodes[node];
    return fillPlaces(template, (place) => as(place < 0 ? node : inputs[place], place));
  }
}

/**
 * Return an equation of two rows, and a third of words where there are some.
 *
 * A term is { symbol, number, note, kind, part }, a number an element or the text of one; between terms
 * stands a { joint }, a sign of both rows.
 */
function align(terms) {
  const rows = [
    terms.map(({ symbol, joint, kind, part }) => makeCell(symbol ?? sign(joint), kind, part)),
    terms.map(({ number, joint, kind, part }) => makeCell(joint ? sign(joint) : typeof number === "string" ? writeNumber(number) : number, kind, part)),
  ];
  if (terms.some(({ note }) => note)) {
    rows.push(terms.map(({ note }) => makeCell(note ? writeNote(note) : mathml("mrow"))));
  }
  return html("div", { class: "equation" }, formula(mathml("mtable", ...rows.map((cells) => mathml("mtr", ...cells)))));
}

function makeCell(content, kind = null, part = null) {
  return setAttributes(mathml("mtd", content), { "data-part": part, class: kind });
}

function writeNote(words) {
  return setAttributes(mathml("mtext", words), { class: "note" });
}

/** Return the equations of the step of a layer: forward, or back. */
export function writeLayer(matrix, passes) {
  const see = (nodes) => nodes.map((node) => passes.repeats.see(node)); // in the repetition that is shown
  const { columns, weightsAt, activation, examples } = matrix;
  const [sums, outputs] = [see(matrix.sums), see(matrix.outputs)].map((nodes) => split(nodes, nodes.length / examples));
  const inputsOf = (sum) => passes.nodes[sum].inputs;
  const [first] = sums;
  const layer = {
    activation, sums, outputs, weightsAt,
    weights: first.map((sum) => inputsOf(sum).slice(weightsAt, weightsAt + columns)),
    inputs: sums.map(([sum]) => inputsOf(sum).slice(columns - weightsAt, 2 * columns - weightsAt)),
    biases: first.flatMap((sum) => inputsOf(sum).slice(2 * columns)),
  };
  return passes.fact.kind === "value" ? [writeForward(layer, passes.graph)] : writeBack(layer, passes);
}

// An example's numbers are a column; those of a batch have a row each: then all is transposed.

function writeForward({ weights, inputs, biases, outputs, activation }, { data }) {
  const isBatch = inputs.length > 1;
  const write = (name, rows, isTurned) => writeTerm(name, turn(look(rows, data), isTurned), "value");
  const product = isBatch
    ? [write(writeLetters("X"), inputs, false), write(writeTransposed("W"), weights, true)]
    : [write(writeLetters("W"), weights, false), write(writeLetters("x"), inputs, true)];
  return align([
    write(writeLetters(isBatch ? "H" : "h"), outputs, !isBatch),
    { joint: activation ? `=\u00a0${activation}(` : "=" }, // at a plain space the line would break
    ...product,
    ...(biases.length ? [{ joint: "+" }, write(writeLetters("b"), [biases], !isBatch)] : []),
    ...(activation ? [{ joint: ")" }] : []),
  ]);
}

function writeBack({ weights, inputs, biases, weightsAt, sums, outputs, activation }, passes) {
  const { graph: { data, partials }, nodes, fact } = passes;
  const { gradient, flowed } = passes.state();
  const isBatch = inputs.length > 1;
  const [count, columns] = [inputs.length, weights[0].length];
  const stand = (rows) => turn(rows, !isBatch);
  const share = (sum, position) => flowed.get(`${sum}-${position}`) ?? null;
  const addExamples = (neuron, position) => addShares(sums.map((row) => share(row[neuron], position)));
  const write = (letters, rows, kind = "gradient") => writeTerm(letters, rows, kind);
  const delta = () => write(writeLetters(isBatch ? "Δ" : "δ"), stand(look(sums, gradient)));
  const turned = () => (isBatch ? write(writeTransposed("Δ"), turn(look(sums, gradient), true)) : delta());
  const [w, x] = [look(weights, data), look(inputs, data)];
  const equate = (name, rows, targets, most, ...factors) => {
    const isMore = targets.some((node) => passes.shares[fact.pass][node].length > most); // from elsewhere, too
    const isKnown = rows.some((row) => row.some((number) => number !== null));
    return isKnown ? [align([write(writeLetters("d", name), rows), { joint: isMore ? "+=" : "=" }, ...factors])] : [];
  };
  const slopes = outputs.map((row, i) => row.map((node, j) => partials[node][nodes[node].inputs.indexOf(sums[i][j])]));
  const shares = sums.map((row) => inputs[0].map((_, i) => addShares(row.map((sum) => share(sum, columns - weightsAt + i)))));
  return [
    ...(activation ? [align([
      delta(), { joint: "=" }, write(writeLetters("d", isBatch ? "H" : "h"), stand(look(outputs, gradient))),
      { joint: "⊙" }, write(mathml("mtext", `${activation}′`), stand(slopes), "local"),
    ])] : []),
    ...equate("W", weights.map((row, j) => row.map((_, i) => addExamples(j, weightsAt + i))), weights.flat(), count,
      turned(), write(isBatch ? writeLetters("X") : writeTransposed("x"), x, "value")),
    ...equate("b", stand([biases.map((_, j) => addExamples(j, 2 * columns))]), biases, count,
      ...(isBatch ? [write(writeTransposed("1"), [inputs.map(() => 1)], "value")] : []), delta()),
    ...(isBatch
      ? equate("X", shares, inputs.flat(), weights.length, delta(), write(writeLetters("W"), w, "value"))
      : equate("x", turn(shares, true), inputs.flat(), weights.length, write(writeTransposed("W"), turn(w, true), "value"), delta())),
  ];
}

/** Return the numbers of nodes that stand in rows. */
function look(rows, numbers) {
  return rows.map((row) => row.map((node) => numbers[node]));
}

/** Return a matrix transposed, or as it is. */
function turn(rows, isTurned) {
  return isTurned ? rows[0].map((_, i) => rows.map((row) => row[i])) : rows;
}

/** Return items in runs of one length. */
function split(items, size) {
  return items.flatMap((_, i) => (i % size ? [] : [items.slice(i, i + size)]));
}

/** Return a sum, null where a term isn't known. */
function addShares(terms) {
  return terms.includes(null) ? null : terms.reduce((sum, x) => sum + x, 0);
}

/** Return a term of an equation: a symbol, a matrix of numbers, and its shape. */
function writeTerm(letters, rows, kind) {
  return { symbol: letters, number: writeMatrix(rows), note: `${rows.length} × ${rows[0].length}`, kind };
}

function writeLetters(...letters) {
  return mathml("mrow", ...letters.map((letter) => mathml("mi", letter)));
}

function writeTransposed(letter) {
  return mathml("msup", mathml("mi", letter), mathml("mo", "⊤"));
}

/** Return a matrix in parentheses; of many rows and columns, dots stand for those in the middle. */
function writeMatrix(rows) {
  const cells = rows.map((row) => elide(row.map((x) => writeNumber(formatAsPython(x === 0 ? 0 : x, MATRIX_DIGITS))), () => mathml("mo", "⋯")));
  const shown = elide(cells, () => cells[0].map(() => mathml("mo", "⋮")));
  const table = mathml("mtable", ...shown.map((row) => mathml("mtr", ...row.map((cell) => mathml("mtd", cell)))));
  const around = ["(", ")"].map((text) => sign(text));
  around.forEach((one) => one.setAttribute("stretchy", "true"));
  return setAttributes(mathml("mrow", around[0], table, around[1]), { class: "matrix" });
}

function elide(items, makeDots) {
  return items.length <= MOST_CELLS ? items : [...items.slice(0, MOST_CELLS - 2), makeDots(), items.at(-1)];
}
