// A step in words: what it did in a line, and why.

import { isolateTexts } from "./direction.js";
import { byId, html, whenPressed } from "./markup.js";
import { formatFactor, formatNumber } from "./numbers.js";

const MOST_NAMED = 3; // inputs in a headline
const STORED = "micrograd_nn.explained";

/** Tells the steps of passes. */
export class Story {
  constructor(passes) {
    this.passes = passes;
  }

  /** Return a node's name as a sentence has it. */
  nameInSentence(node) {
    return isolateTexts(this.passes.nameOf(node));
  }

  /** Return the same where a node without a name of its own says where it is. */
  nameWithGroup(node) {
    const { kind, group } = this.passes.nodes[node];
    return this.nameInSentence(node) + (kind === "inner" && group ? ` (in ${isolateTexts(group)})` : "");
  }

  /** Return what the step just taken did, as texts and coloured numbers; of steps told together, the gist. */
  writeHeadline(together = null) {
    const { fact, graph, guessing } = this.passes;
    if (together !== null) {
      return [together.gist, ...this.writeLargestSum(together)];
    }
    if (!fact) {
      return ["The inputs have their numbers"];
    }
    const asked = guessing?.hides ? "?" : null; // in front of a class
    const node = this.nameInSentence(fact.node);
    if (fact.kind === "seed") {
      return [fact.pass ? "A second pass: the gradient of " : "The gradient of ", node, " is ", gradientOf(fact.after, asked)];
    }
    if (fact.kind === "value") {
      const number = graph.data[fact.node];
      const { inputs } = this.passes.nodes[fact.node];
      const names = [...new Set(inputs)].map((input) => this.nameInSentence(input));
      const listed = names.length > MOST_NAMED ? `${inputs.length} inputs` : names.join(" and ");
      if (number === null) {
        return [node, graph.errors.has(fact.node) ? " can't be computed" : " isn't known"];
      }
      const shown = html("span", { class: "value" }, asked ?? formatNumber(number));
      if (graph.pins.has(fact.node)) {
        return [node, " is pinned to ", shown];
      }
      return [node, " is ", shown, listed && `, from ${listed}`];
    }
    const { share, before, after } = fact;
    const to = this.nameInSentence(fact.input);
    if (share === null) {
      return [`${node} can't pass a gradient on to ${to}`];
    }
    const isLost = this.passes.broken.overwrite && before;
    const lost = isLost ? `; the ${formatNumber(before)} before is lost` : "";
    const end = before !== null && after === null ? ", and stays unknown" : lost;
    return [to, " gets ", gradientOf(share, asked), before && !isLost ? " more" : "", `, from ${node}${this.passes.namePlace(fact.node, fact.position)}`, end];
  }

  /** Return which gradient steps told together add most to and how much, if all that they add is known. */
  writeLargestSum({ sums = [] }) {
    const { broken, guessing } = this.passes;
    const [node, sum] = sums.reduce((most, one) => (Math.abs(one[1]) > Math.abs(most[1]) ? one : most), [null, 0]);
    if (node === null || broken.overwrite || sums.some(([, one]) => Number.isNaN(one))) {
      return [];
    }
    const most = sums.length > 1 ? "; most is added to" : "; added to";
    return [`${most} the gradient of ${this.nameInSentence(node)}: `, gradientOf(sum, guessing?.hides ? "?" : null)];
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
      if (fact.after !== 1) {
        return `Now back. The broken engine begins with ${formatNumber(fact.after)}: that of ${root} is 1.`;
      }
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
    if (passes.graph.pins.has(node)) {
      return `${this.nameWithGroup(node)} is pinned: it is ${formatNumber(number)}, whatever ${listed} ${names.length > 1 ? "are" : "is"}, and no gradient flows on from it.`;
    }
    const { symbol } = passes.graph.rules[rule];
    const from = listed || "nothing";
    return `Forward: ${this.nameWithGroup(node)} is made from ${from} by ${symbol}; it is ${formatNumber(number)}.${this.describeUses(node)}${this.describeCuts(node)}`;
  }

  /** Say of a result that is used more than once what that does to its gradient. */
  describeUses(node) {
    const { shares, isBroken } = this.passes;
    const many = shares[0][node].length;
    return many > 1 && !isBroken ? ` It is used more than once: its gradient will be the sum of ${many} shares.` : "";
  }

  describeCuts(node) {
    const { graph, nodes } = this.passes;
    return nodes[node].inputs.map((input, position) => {
      const number = graph.findCut(node, position);
      const what = number === null ? "its number still arrives" : `${formatNumber(number)} arrives`;
      return number === undefined ? "" : ` The edge from ${this.nameInSentence(input)} is cut: ${what}, but no gradient flows back.`;
    }).join("");
  }

  describeShare(fact, root) {
    const { passes } = this;
    const [from, to] = [this.nameWithGroup(fact.node), this.nameWithGroup(fact.input)];
    if (fact.share === null) {
      const why = passes.explainError(fact.node) || "its own gradient or its derivative isn't known";
      return `${from} can't pass a gradient on to ${to}: ${why}.`;
    }
    const place = passes.namePlace(fact.node, fact.position);
    const product = `${formatNumber(fact.upstream)} × ${formatFactor(fact.partial)} = ${formatNumber(fact.share)}`;
    if (passes.broken.share) {
      return (
        `Back from ${from} to ${to}${place}: the broken engine passes on ${formatNumber(fact.share)}, ` +
        `where the chain rule multiplies the gradient of ${from} by ${formatNumber(passes.graph.right[fact.node][fact.position])}. ${this.describeSum(fact, to)}`
      );
    }
    if (passes.isBroken) { // which can't say what its numbers mean
      return (
        `Back from ${from} to ${to}${place}: the broken engine multiplies what it has as the gradient of ` +
        `${from} by ${passes.broken.locals ? "what it takes for the local derivative" : "the local derivative"}, ${product}. ${this.describeSum(fact, to)}`
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
    if (before === 0 && this.passes.isBroken) {
      return `The gradient of ${to} is ${formatNumber(after)} now${rest}.`;
    }
    if (before === 0) {
      return pending ? `That is the gradient of ${to} so far${rest}.` : `That is the gradient of ${to}.`;
    }
    const isLost = this.passes.broken.overwrite;
    const how = isLost ? `It overwrites the ${formatNumber(before)}:` : `Added to the ${formatNumber(before)} so far,`;
    return `${how} the gradient of ${to} is ${formatNumber(after)}${pending || this.passes.isBroken ? rest : ", complete"}.`;
  }
}

function gradientOf(number, asked) {
  return html("span", { class: "gradient" }, asked ?? formatNumber(number));
}

/** Let the button fold and unfold the explanation, which is at first as it was left. */
export function offerExplanation() {
  const explain = (isOpen) => {
    byId("sentence").hidden = !isOpen;
    byId("explain").setAttribute("aria-expanded", String(isOpen));
  };
  whenPressed("explain", () => {
    explain(byId("sentence").hidden);
    try {
      localStorage.setItem(STORED, byId("sentence").hidden ? "" : "open");
    } catch { // there is none in some frames: it holds for this visit
    }
  });
  try {
    explain(localStorage.getItem(STORED) === "open");
  } catch {
    explain(false);
  }
}
