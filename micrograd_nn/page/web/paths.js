// The panel of paths: each way from a leaf to the root with its product, and what they add up to.

import { byId, html } from "./markup.js";
import { formatFactor, formatNumber } from "./numbers.js";
import { countWays, listWays, multiplyPartials } from "./ways.js";

const MOST_WAYS = 50; // that are listed
const MOST_FACTORS = 6; // of a product that are written
const WALK = 1400; // milliseconds a path

/** The paths from the chosen leaf; `lit(path, words)` is told of each that is lit up, or of none. */
export class Paths {
  constructor(passes, nameOfNode, lit) {
    this.passes = passes;
    this.nameOfNode = nameOfNode;
    this.lit = lit;
    this.timer = null;
    this.elements = {
      leaf: byId("leaf"),
      walk: byId("walk"),
      told: byId("paths-told"),
      list: byId("paths"),
      sum: byId("paths-sum"),
    };
    passes.nodes.forEach(({ kind }, node) => {
      if (kind === "leaf") {
        this.elements.leaf.append(html("option", { value: node }, passes.nodes[node].name));
      }
    });
    this.elements.leaf.addEventListener("change", () => this.list());
    this.elements.walk.addEventListener("click", () => this.walk());
    this.list();
  }

  /** Choose a leaf. */
  choose(leaf) {
    this.elements.leaf.value = String(leaf);
    this.list();
  }

  /** List the paths from the chosen leaf. */
  list() {
    const { nodes } = this.passes;
    const { leaf, walk, told, list } = this.elements;
    this.leaf = leaf.value === "" ? null : Number(leaf.value);
    this.ways = this.leaf === null ? [] : listWays(nodes, this.leaf, MOST_WAYS);
    const count = this.leaf === null ? 0n : countWays(nodes, this.leaf);
    this.isAll = count === BigInt(this.ways.length);
    this.buttons = this.ways.map((way, i) => {
      const button = html("button", { type: "button" });
      button.addEventListener("click", () => {
        this.stop();
        this.light(this.way === way ? null : i);
      });
      return button;
    });
    list.replaceChildren(...this.buttons.map((button) => html("li", {}, button)));
    told.textContent = this.introduce(count);
    walk.disabled = this.ways.length === 0;
    this.stop();
    this.paint();
    this.light(null);
  }

  introduce(count) {
    const { root } = this.passes.graph;
    const name = this.nameOfNode(root);
    if (this.leaf === root) {
      return `${name} is where all paths end: its gradient is 1.`;
    }
    if (count === 0n) {
      return `No paths to ${name}.`;
    }
    if (count === 1n) {
      return `One path to ${name}: its product of local derivatives is the gradient.`;
    }
    const rest = this.isAll ? "" : `; the first ${MOST_WAYS} are listed`;
    return `${count.toLocaleString("en")} paths to ${name}: each adds its product of local derivatives${rest}.`;
  }

  /** Light up the path of a number, or none. */
  light(number) {
    this.way = this.ways[number] ?? null;
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
    this.lit(this.way ?? [], this.buttons[number]?.textContent ?? "");
  }

  /** Write each path with its product, and their sum. */
  paint() {
    const { graph, right } = this.passes;
    const products = this.ways.map((way) => multiplyPartials(graph, way));
    this.ways.forEach((way, i) => {
      const names = [this.nameOfNode(graph.root), ...way.map(({ input }) => this.nameOfNode(input))];
      const factors = way.map(({ node, position }) => formatFactor(graph.partials[node][position]));
      if (factors.length > MOST_FACTORS) {
        factors.splice(3, factors.length - 5, "…");
      }
      this.buttons[i].textContent = `${names.join(" ← ")}: ${factors.join(" · ")} = ${formatNumber(products[i])}`;
    });
    this.elements.sum.textContent = this.ways.length ? this.describeSum(products, right[this.leaf]) : "";
  }

  describeSum(products, gradient) {
    const sum = products.includes(null) ? null : products.reduce((total, product) => total + product, 0);
    const [root, leaf] = [this.passes.graph.root, this.leaf].map((node) => this.nameOfNode(node));
    const what = `the gradient of ${root} by ${leaf}`;
    return this.isAll
      ? `Together: ${formatNumber(sum)}, ${what}.`
      : `The listed ones add up to ${formatNumber(sum)}; with the rest it is ${formatNumber(gradient)}, ${what}.`;
  }

  /** Light up one path after the other, or stop. */
  walk() {
    if (this.timer !== null) {
      this.stop();
      return;
    }
    let next = 0;
    const show = () => {
      if (next === this.ways.length) {
        this.stop();
      } else {
        this.light(next);
        next += 1;
      }
    };
    this.elements.walk.textContent = "Stop";
    this.timer = setInterval(show, WALK);
    show();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.elements.walk.textContent = "One by one";
  }
}
