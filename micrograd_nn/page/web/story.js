// A step in words and in formulas: with symbols first, then with the numbers of the moment.

import { isolateTexts } from "./direction.js";
import { annotate, fillPlaces, formula, html, isWord, sign, writeDerivative, writeFactor, writeName, writeNumber } from "./markup.js";
import { formatFactor, formatNumber } from "./numbers.js";

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
  nameInSentence(node) {
    return isolateTexts(this.name(node));
  }

  /** Return the same where a node without a name of its own says where it is. */
  nameWithGroup(node) {
    const { kind, group } = this.passes.nodes[node];
    return this.nameInSentence(node) + (kind === "inner" && group ? ` (in ${isolateTexts(group)})` : "");
  }

  /** Return the sentence of the step just taken. */
  describe() {
    const { fact, graph } = this.passes;
    const root = this.nameInSentence(graph.root);
    if (!fact) {
      const way = `first forward to ${root}, then back for the gradients`;
      return `The inputs have their numbers. Press Next: ${way}.`;
    }
    if (fact.kind === "value") {
      return this.describeValue(fact.node);
    }
    if (fact.kind === "seed") {
      return fact.pass
        ? `A second pass begins, and the gradients of the first are still there. That of ${root} is 1.`
        : `Now back. The gradient of a node says by how much a small change of it is multiplied ` +
          `on its way to ${root}. For ${root} itself that is 1.`;
    }
    return this.describeShare(fact, root);
  }

  describeValue(node) {
    const { passes } = this;
    const complaint = passes.explainError(node);
    if (complaint) {
      return `${this.nameInSentence(node)} can't be computed: ${complaint}.`;
    }
    const { inputs, rule } = passes.nodes[node];
    const number = passes.graph.data[node];
    if (number === null) {
      return `${this.nameInSentence(node)} isn't known, since what it is made from isn't.`;
    }
    const names = [...new Set(inputs)].map((input) => this.nameWithGroup(input));
    const listed = names.length > 6 ? `${inputs.length} inputs` : names.join(" and ");
    const { symbol } = passes.graph.rules[rule];
    const from = listed || "nothing";
    return `Forward: ${this.nameWithGroup(node)} is made from ${from} by ${symbol}; it is ${formatNumber(number)}.`;
  }

  describeShare(fact, root) {
    const { passes } = this;
    const [from, to] = [this.nameWithGroup(fact.node), this.nameWithGroup(fact.input)];
    if (fact.share === null) {
      const why = passes.explainError(fact.node) || "its own gradient or its derivative isn't known";
      return `${from} can't pass a gradient on to ${to}: ${why}.`;
    }
    const uses = passes.nodes[fact.node].inputs.filter((input) => input === fact.input).length;
    const place = uses > 1 ? ` (input ${fact.position + 1})` : "";
    const product = `${formatNumber(fact.upstream)} × ${formatFactor(fact.partial)} = ${formatNumber(fact.share)}`;
    if (passes.isBroken) { // which can't say what its numbers mean
      return (
        `Back from ${from} to ${to}${place}: the broken engine multiplies what it has as the gradient of ` +
        `${from} by the local derivative, ${product}. ${this.describeSum(fact, to)}`
      );
    }
    return (
      `Back from ${from} to ${to}${place}: a small change of ${to} is multiplied by ` +
      `${formatNumber(fact.partial)} on its way into ${from} (the local derivative), and by ` +
      `${formatNumber(fact.upstream)} from there to ${root} (the gradient of ${from}): by ${product} in all. ` +
      this.describeSum(fact, to)
    );
  }

  describeSum({ input, before, after }, to) {
    const pending = this.passes.countPending(input);
    if (before === null) {
      return `The gradient of ${to} isn't known all the same, for a share before this one isn't.`;
    }
    const rest = pending ? `; ${pending} more ${pending > 1 ? "shares are" : "share is"} to come` : "";
    if (before === 0) {
      return pending ? `That is the gradient of ${to} so far${rest}.` : `That is the gradient of ${to}.`;
    }
    const isLost = this.passes.broken.overwrite;
    const how = isLost ? `It overwrites the ${formatNumber(before)}:` : `Added to the ${formatNumber(before)} so far,`;
    return `${how} the gradient of ${to} is ${formatNumber(after)}${pending || this.passes.isBroken ? rest : ", complete"}.`;
  }

  /** Return the lines of formulas of the step just taken, as elements. */
  writeFormulas() {
    const { fact } = this.passes;
    if (!fact) {
      return [];
    }
    if (fact.kind === "value") {
      return this.writeValue(fact.node);
    }
    const root = this.name(fact.kind === "seed" ? fact.node : this.passes.graph.root);
    if (fact.kind === "seed") {
      const one = formula(writeDerivative(root, root), sign("="), writeNumber("1"));
      return [addCaption("Where the chain rule begins", one)];
    }
    return this.writeShare(fact, root);
  }

  writeValue(node) {
    const { nodes, graph } = this.passes;
    const { name, formula: number } = nodes[node];
    if (number === null) {
      return [];
    }
    const template = this.templates[number];
    const [named, numbered] = [this.withNames(template, node), this.withNumbers(template, node)];
    const result = formatNumber(graph.data[node]);
    return [
      addCaption("With symbols", formula(writeName(name), sign("="), named)),
      addCaption("With numbers", formula(writeName(name), sign("="), numbered, sign("="), writeNumber(result))),
    ];
  }

  writeShare(fact, root) {
    const [from, to] = [this.name(fact.node), this.name(fact.input)];
    const into = writeDerivative(root, to);
    const becomes = sign(this.passes.broken.overwrite ? "=" : "+=");
    const rule = formula(
      into,
      becomes,
      annotate(writeDerivative(root, from), "upstream"),
      sign("·"),
      annotate(writeDerivative(from, to), "local"),
    );
    if (fact.share === null) {
      return [addCaption("The chain rule", rule)];
    }
    const lines = [addCaption("The chain rule", rule), this.writeLocal(fact.node, fact.position)];
    if (fact.after === null) {
      return lines;
    }
    const [upstream, partial, after] = [fact.upstream, fact.partial, fact.after].map((x) => formatNumber(x));
    const soFar = this.passes.broken.overwrite
      ? []
      : [annotate(writeNumber(formatNumber(fact.before)), "so far"), sign("+")];
    const sum = formula(
      writeDerivative(root, to),
      sign("="),
      ...soFar,
      annotate(writeFactor(upstream), "upstream"),
      sign("·"),
      annotate(writeFactor(partial), "local"),
      sign("="),
      annotate(writeNumber(after), this.passes.countPending(fact.input) || this.passes.isBroken ? "now" : "complete"),
    );
    return [...lines, addCaption("With numbers", sum)];
  }

  /** Return the line of a local derivative: its formula with symbols and with numbers. */
  writeLocal(node, position) {
    const { nodes, graph } = this.passes;
    const { name, inputs, local } = nodes[node];
    const parts = [writeDerivative(name, this.name(inputs[position]))];
    const result = formatNumber(graph.partials[node][position]);
    const template = this.templates[local[position]];
    if (template) {
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
    return addCaption("The local derivative, along this edge alone", formula(...parts));
  }

  withNames(template, node) {
    return this.fillTemplate(template, node, (at) => {
      const { name, kind } = this.passes.nodes[at];
      const isLoose = !isWord(name);
      return kind === "constant"
        ? { element: writeNumber(name), isSigned: isLoose }
        : { element: writeName(name), isSigned: isLoose, isLoose };
    });
  }

  withNumbers(template, node) {
    return this.fillTemplate(template, node, (at) => {
      const text = formatNumber(this.passes.graph.data[at]);
      return { element: writeNumber(text), isSigned: text.startsWith("−") || text.includes("e") };
    });
  }

  fillTemplate(template, node, as) {
    const { inputs } = this.passes.nodes[node];
    return fillPlaces(template, (place) => as(place < 0 ? node : inputs[place]));
  }
}

/** Return a formula with what it is above it. */
function addCaption(caption, math) {
  return html("div", { class: "line" }, html("span", { class: "faint" }, caption), math);
}
