// The mistakes that the loop's lines offer, the engine that those which are chosen break, and what it gets wrong.

import { byId, isWord } from "./markup.js";
import { formatApart } from "./numbers.js";

const MOST_WRONG = 6; // nodes that are named
const SHARED_ALONE = ["overwrite", "unordered"]; // mistakes that show where a value is used more than once

/** What is described as [place, name, code, told, takes], with the wrong numbers' rules by name. */
export class Mistakes {
  constructor(described, rules) {
    this.rules = rules;
    this.choices = described.map(([place, name, code, told, takes]) => ({ place, name, code, told, takes }));
    this.chosen = new Map(); // by place
  }

  /** Return what may stand at a place, what is right first. */
  listChoices(place) {
    return this.choices.filter((choice) => choice.place === place);
  }

  /** Return what stands at a place, undefined if there is no such place. */
  find(place) {
    return this.chosen.get(place) ?? this.choices.find((choice) => choice.place === place);
  }

  /** Return a choice's code, a local derivative with the names of a node and its inputs. */
  write({ place, code, takes }, passes, node) {
    if (!place.includes(" ")) {
      return code;
    }
    const names = [node, ...passes.nodes[node].inputs].map((one) => passes.nameOf(one)).map((name) => (isWord(name) ? name : `(${name})`));
    return code.replace(/\p{L}[\p{L}\p{Nd}_]*/gu, (word) => names[takes.indexOf(word)] ?? word);
  }

  /** The mistakes that are made, in the order of the loop. */
  get made() {
    return this.choices.filter((choice) => choice.name && this.chosen.get(choice.place) === choice);
  }

  get names() {
    return this.made.map(({ name }) => name);
  }

  /** Make these mistakes alone, one at each place; return the names that can't be. */
  make(names) {
    this.chosen.clear();
    return names.filter((name) => {
      const choice = this.choices.find((one) => one.name && one.name === name);
      if (!choice || this.chosen.has(choice.place)) {
        return true;
      }
      this.chosen.set(choice.place, choice);
      return false;
    });
  }

  /** Let something else stand at a place. */
  choose(place, name) {
    this.chosen.set(place, this.listChoices(place).find((choice) => choice.name === name));
  }

  /** What is broken, as passes take it. */
  get engine() {
    const made = new Map(this.made.map((choice) => [choice.place, choice]));
    const ruleOf = (choice) => this.rules[choice.name];
    const locals = [...made.values()].filter(({ place }) => place.includes(" "));
    const product = made.get("product");
    return {
      unreset: made.has("clear"),
      unordered: made.has("order"),
      overwrite: made.has("add"),
      seed: made.has("seed") ? ruleOf(made.get("seed")) : null,
      share: product ? (quantities) => ruleOf(product)(...product.takes.map((name) => quantities[name])) : null,
      factors: product ? product.takes : null,
      locals: locals.length ? new Map(locals.map((choice) => [choice.place, ruleOf(choice)])) : null,
    };
  }
}

/** Name the nodes that a broken engine gets wrong. */
export function paintWrong(passes, { made }, nameOfNode) {
  const wrong = passes.findWrong().reverse(); // from the root down: where it begins comes first
  const told = wrong
    .slice(0, MOST_WRONG)
    .map((node) => [nameOfNode(node), ...formatApart(passes.gradient[node], passes.right[node])])
    .map(([name, gradient, right]) => `${name} is ${gradient} and should be ${right}`);
  if (wrong.length > MOST_WRONG) {
    told.push(`and ${wrong.length - MOST_WRONG} more`);
  }
  const reason = made.every(({ name }) => SHARED_ALONE.includes(name)) ? ": this mistake shows where a value is used more than once" : "";
  const reasons = made.map((mistake) => mistake.told).join(" ");
  const found = passes.graph.errors.size
    ? "Not everything can be computed, so what this mistake does can't be told."
    : `Nothing comes out wrong in this graph${reason}.`;
  const nothing = made.length ? found : "";
  byId("wrong").textContent = wrong.length ? `${reasons} Wrong gradients: ${told.join("; ")}.` : nothing;
  byId("wrong").classList.toggle("found", wrong.length > 0);
  byId("wrong-key").hidden = wrong.length === 0;
}
