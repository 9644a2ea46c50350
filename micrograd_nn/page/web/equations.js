// A step as one equation: symbols, and below each the number of the moment, in the colour of its meaning.

import { fillPlaces, formula, html, isWord, mathml, sign, writeDerivative, writeFactor, writeName, writeNumber } from "./markup.js";
import { formatNumber } from "./numbers.js";

const LONGEST_MADE = 24; // letters of names in a line of the loop

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
export function align(terms) {
  const rows = [
    terms.map(({ symbol, joint, kind, part }) => makeCell(symbol ?? sign(joint), kind, part)),
    terms.map(({ number, joint, kind, part }) => makeCell(joint ? sign(joint) : typeof number === "string" ? writeNumber(number) : number, kind, part)),
  ];
  if (terms.some(({ note }) => note)) {
    rows.push(terms.map(({ note }) => makeCell(note ? writeNote(note) : mathml("mrow"))));
  }
  return html("div", { class: "equation" }, formula(mathml("mtable", ...rows.map((cells) => mathml("mtr", ...cells)))));
}

function makeCell(content, kind, part = "") {
  const cell = mathml("mtd", content);
  if (part) {
    cell.setAttribute("data-part", part);
  }
  if (kind) {
    cell.setAttribute("class", kind);
  }
  return cell;
}

function writeNote(words) {
  const note = mathml("mtext", words);
  note.setAttribute("class", "note");
  return note;
}
