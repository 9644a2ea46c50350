// A step in words and in formulas: with symbols first, then with the numbers of the moment.

import { bracketed, derivativeOf, filled, formula, html, isWord, nameOf, noted, numberOf, sign } from "./markup.js";
import { shown } from "./text.js";

/** Tells the steps of passes, with the formulas that came with the page. */
export class Story {
  constructor(passes, templates) {
    this.passes = passes;
    this.templates = templates;
  }

  name(node) {
    return this.passes.nodes[node].name;
  }

  /** Return the sentence of the step just taken. */
  sentence() {
    const { passes } = this;
    const { fact } = passes;
    if (!fact) {
      return "The beginning: the inputs have their numbers, and nothing is computed yet. Press Next.";
    }
    const complaint = passes.complaint(fact.node);
    if (fact.kind === "value") {
      return complaint ? `${this.name(fact.node)} can't be computed: ${complaint}.` : this.valueSentence(fact.node);
    }
    if (fact.kind === "seed") {
      const again = fact.pass ? "A second pass begins, with the gradients of the first still there" : "Now back";
      return `${again}: ${this.name(fact.node)} changes as much as itself, so its gradient is 1.`;
    }
    if (fact.after === null) {
      const why = complaint || "its own gradient or its derivative isn't known";
      return `${this.name(fact.node)} can't pass a gradient on to ${this.name(fact.input)}: ${why}.`;
    }
    return this.shareSentence(fact);
  }

  valueSentence(node) {
    const { passes } = this;
    const { inputs, rule } = passes.nodes[node];
    const number = passes.graph.data[node];
    if (number === null) {
      return `${this.name(node)} isn't known, since what it is made from isn't.`;
    }
    const names = [...new Set(inputs)].map((input) => this.name(input));
    const listed = names.length > 6 ? `${inputs.length} inputs` : names.join(" and ");
    const { symbol } = passes.graph.rules[rule];
    return `Forward: ${this.name(node)} is made from ${listed} by ${symbol}; it is ${shown(number)}.`;
  }

  shareSentence(fact) {
    const { passes } = this;
    const [from, to] = [this.name(fact.node), this.name(fact.input)];
    const product = `${shown(fact.upstream)} × ${shown(fact.partial)} = ${shown(fact.amount)}`;
    const pending = passes.pending(fact.input);
    const rest = pending
      ? `${pending} more ${pending > 1 ? "shares are" : "share is"} to come`
      : "that is all of it";
    const lost = passes.broken.overwrite && fact.before !== 0 ? ` (the ${shown(fact.before)} before is lost)` : "";
    return (
      `Back: ${from} passes on its gradient × the local derivative, ${product}, to ${to}, ` +
      `whose gradient is now ${shown(fact.after)}${lost}; ${rest}.`
    );
  }

  /** Return the lines of formulas of the step just taken, as elements. */
  formulas() {
    const { fact } = this.passes;
    if (!fact) {
      return [];
    }
    if (fact.kind === "value") {
      return this.valueFormulas(fact.node);
    }
    const root = this.name(fact.kind === "seed" ? fact.node : this.passes.graph.root);
    if (fact.kind === "seed") {
      return [line("Where the chain rule begins", formula(derivativeOf(root, root), sign("="), numberOf("1")))];
    }
    return this.shareFormulas(fact, root);
  }

  valueFormulas(node) {
    const { nodes, graph } = this.passes;
    if (nodes[node].formula === null) {
      return [];
    }
    const template = this.templates[nodes[node].formula];
    const [named, numbered] = [this.withNames(template, node), this.withNumbers(template, node)];
    const result = shown(graph.data[node]);
    return [
      line("With symbols", formula(nameOf(nodes[node].name), sign("="), named)),
      line("With numbers", formula(nameOf(nodes[node].name), sign("="), numbered, sign("="), numberOf(result))),
    ];
  }

  shareFormulas(fact, root) {
    const [from, to] = [this.name(fact.node), this.name(fact.input)];
    const into = derivativeOf(root, to);
    const becomes = sign(this.passes.broken.overwrite ? "=" : "+=");
    const rule = formula(
      into,
      becomes,
      noted(derivativeOf(root, from), "upstream"),
      sign("·"),
      noted(derivativeOf(from, to), "local"),
    );
    const lines = [line("The chain rule", rule), this.local(fact.node, fact.position)];
    const [upstream, partial, after] = [fact.upstream, fact.partial, fact.after].map((x) => shown(x));
    const soFar = this.passes.broken.overwrite
      ? []
      : [noted(numberOf(shown(fact.before)), "so far"), sign("+")];
    const sum = formula(
      derivativeOf(root, to),
      sign("="),
      ...soFar,
      noted(bracketed(upstream), "upstream"),
      sign("·"),
      noted(bracketed(partial), "local"),
      sign("="),
      noted(numberOf(after), this.passes.pending(fact.input) ? "now" : "complete"),
    );
    return [...lines, line("With numbers", sum)];
  }

  /** Return the line of a local derivative: its formula with symbols and with numbers. */
  local(node, position) {
    const { nodes, graph } = this.passes;
    const { name, inputs, local } = nodes[node];
    const parts = [derivativeOf(name, this.name(inputs[position]))];
    const result = shown(graph.partials[node][position]);
    const template = this.templates[local[position]];
    if (template) {
      const [named, numbered] = [this.withNames(template, node), this.withNumbers(template, node)];
      parts.push(sign("="), named);
      if (numbered.textContent !== named.textContent) {
        parts.push(sign("="), numbered);
      }
      if (numbered.textContent !== result) {
        parts.push(sign("="), numberOf(result));
      }
    } else {
      parts.push(sign("="), numberOf(result));
    }
    return line("The local derivative", formula(...parts));
  }

  withNames(template, node) {
    return this.filledWith(template, node, (at) => {
      const { name, kind } = this.passes.nodes[at];
      return { element: kind === "constant" ? numberOf(name) : nameOf(name), isSigned: !isWord(name) };
    });
  }

  withNumbers(template, node) {
    return this.filledWith(template, node, (at) => {
      const text = shown(this.passes.graph.data[at]);
      return { element: numberOf(text), isSigned: text.startsWith("−") || text.includes("e") };
    });
  }

  filledWith(template, node, as) {
    const { inputs } = this.passes.nodes[node];
    return filled(template, (place) => as(place < 0 ? node : inputs[place]));
  }
}

/** Return a formula with what it is above it. */
function line(caption, math) {
  return html("div", { class: "line" }, html("span", { class: "faint" }, caption), math);
}
