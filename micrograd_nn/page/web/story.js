// A step in words and in formulas: with symbols first, then with the numbers of the moment.

import { bracketed, derivativeOf, filled, formula, html, isWord, nameOf, noted, numberOf, sign } from "./markup.js";
import { asFactor, isolated, shown } from "./text.js";

/** Tells the steps of passes, with the formulas that came with the page. */
export class Story {
  constructor(passes, templates) {
    this.passes = passes;
    this.templates = templates;
  }

  name(node) {
    return this.passes.nodes[node].name;
  }

  /** Return a node's name as a sentence has it. */
  told(node) {
    return isolated(this.name(node));
  }

  /** Return the same where a node without a name of its own says where it is. */
  said(node) {
    const { kind, group } = this.passes.nodes[node];
    return this.told(node) + (kind === "inner" && group ? ` (in ${isolated(group)})` : "");
  }

  /** Return the sentence of the step just taken. */
  sentence() {
    const { fact, graph } = this.passes;
    const root = this.told(graph.root);
    if (!fact) {
      const way = `first forward to ${root}, then back for the gradients`;
      return `The inputs have their numbers. Press Next: ${way}.`;
    }
    if (fact.kind === "value") {
      return this.valueSentence(fact.node);
    }
    if (fact.kind === "seed") {
      return fact.pass
        ? `A second pass begins, and the gradients of the first are still there. That of ${root} is 1.`
        : `Now back. The gradient of a node says by how much a small change of it is multiplied ` +
          `on its way to ${root}. For ${root} itself that is 1.`;
    }
    return this.shareSentence(fact, root);
  }

  valueSentence(node) {
    const { passes } = this;
    const complaint = passes.complaint(node);
    if (complaint) {
      return `${this.told(node)} can't be computed: ${complaint}.`;
    }
    const { inputs, rule } = passes.nodes[node];
    const number = passes.graph.data[node];
    if (number === null) {
      return `${this.told(node)} isn't known, since what it is made from isn't.`;
    }
    const names = [...new Set(inputs)].map((input) => this.said(input));
    const listed = names.length > 6 ? `${inputs.length} inputs` : names.join(" and ");
    const { symbol } = passes.graph.rules[rule];
    const from = listed || "nothing";
    return `Forward: ${this.said(node)} is made from ${from} by ${symbol}; it is ${shown(number)}.`;
  }

  shareSentence(fact, root) {
    const { passes } = this;
    const [from, to] = [this.said(fact.node), this.said(fact.input)];
    if (fact.amount === null) {
      const why = passes.complaint(fact.node) || "its own gradient or its derivative isn't known";
      return `${from} can't pass a gradient on to ${to}: ${why}.`;
    }
    const uses = passes.nodes[fact.node].inputs.filter((input) => input === fact.input).length;
    const place = uses > 1 ? ` (input ${fact.position + 1})` : "";
    const product = `${shown(fact.upstream)} × ${asFactor(fact.partial)} = ${shown(fact.amount)}`;
    if (passes.isBroken) { // which can't say what its numbers mean
      return (
        `Back from ${from} to ${to}${place}: the broken engine multiplies what it has as the gradient of ` +
        `${from} by the local derivative, ${product}. ${this.sumSentence(fact, to)}`
      );
    }
    return (
      `Back from ${from} to ${to}${place}: a small change of ${to} is multiplied by ` +
      `${shown(fact.partial)} on its way into ${from} (the local derivative), and by ` +
      `${shown(fact.upstream)} from there to ${root} (the gradient of ${from}): by ${product} in all. ` +
      this.sumSentence(fact, to)
    );
  }

  sumSentence({ input, before, after }, to) {
    const pending = this.passes.pending(input);
    if (before === null) {
      return `The gradient of ${to} isn't known all the same, for a share before this one isn't.`;
    }
    const rest = pending ? `; ${pending} more ${pending > 1 ? "shares are" : "share is"} to come` : "";
    if (before === 0) {
      return pending ? `That is the gradient of ${to} so far${rest}.` : `That is the gradient of ${to}.`;
    }
    const isLost = this.passes.broken.overwrite;
    const how = isLost ? `It overwrites the ${shown(before)}:` : `Added to the ${shown(before)} so far,`;
    return `${how} the gradient of ${to} is ${shown(after)}${pending || this.passes.isBroken ? rest : ", complete"}.`;
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
      const one = formula(derivativeOf(root, root), sign("="), numberOf("1"));
      return [line("Where the chain rule begins", one)];
    }
    return this.shareFormulas(fact, root);
  }

  valueFormulas(node) {
    const { nodes, graph } = this.passes;
    const { name, formula: number } = nodes[node];
    if (number === null) {
      return [];
    }
    const template = this.templates[number];
    const [named, numbered] = [this.withNames(template, node), this.withNumbers(template, node)];
    const result = shown(graph.data[node]);
    return [
      line("With symbols", formula(nameOf(name), sign("="), named)),
      line("With numbers", formula(nameOf(name), sign("="), numbered, sign("="), numberOf(result))),
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
    if (fact.amount === null) {
      return [line("The chain rule", rule)];
    }
    const lines = [line("The chain rule", rule), this.local(fact.node, fact.position)];
    if (fact.after === null) {
      return lines;
    }
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
      noted(numberOf(after), this.passes.pending(fact.input) || this.passes.isBroken ? "now" : "complete"),
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
    return line("The local derivative, along this edge alone", formula(...parts));
  }

  withNames(template, node) {
    return this.filledWith(template, node, (at) => {
      const { name, kind } = this.passes.nodes[at];
      const isLoose = !isWord(name);
      return kind === "constant"
        ? { element: numberOf(name), isSigned: isLoose }
        : { element: nameOf(name), isSigned: isLoose, isLoose };
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
