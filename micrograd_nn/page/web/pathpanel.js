// The panel of paths: each path from a leaf to the root with its product, and what they add up to.

import { byId, html, makeButton, whenPressed } from "./markup.js";
import { formatFactor, formatNumber } from "./numbers.js";
import { countPaths, formatCount, listPaths, multiplyPartials } from "./paths.js";

const MOST_PATHS = 50; // that are listed
const MOST_FACTORS = 6; // of a product that are written
const MOST_ON_WAY = 12; // of a path
const WALK = 1400; // milliseconds a path

/** The paths from the chosen leaf; `lit(path, words)` is told of each that is lit up, or of none. */
export class PathPanel {
  constructor(passes, nameOfNode, lit) {
    Object.assign(this, { passes, nameOfNode, lit, timer: null });
    passes.nodes.forEach(({ kind, name }, node) => {
      if (kind === "leaf") {
        byId("leaf").append(html("option", { value: node, title: name }, passes.nameOf(node)));
      }
    });
    byId("leaf").addEventListener("change", () => this.list());
    whenPressed("walk", () => this.walk());
    this.list();
  }

  /** Choose a leaf. */
  choose(leaf) {
    byId("leaf").value = String(leaf);
    this.list();
  }

  /** List the paths from the chosen leaf. */
  list() {
    const nodes = this.passes.graph.listFlowing();
    const { value } = byId("leaf");
    this.leaf = value === "" ? null : Number(value);
    this.paths = this.leaf === null ? [] : listPaths(nodes, this.leaf, MOST_PATHS);
    const count = this.leaf === null ? 0n : countPaths(nodes, this.leaf);
    this.isAll = count === BigInt(this.paths.length);
    this.buttons = this.paths.map((path, i) => makeButton("", () => {
      this.stop();
      this.light(this.path === path ? null : i);
    }));
    byId("paths").replaceChildren(...this.buttons.map((button) => html("li", {}, button)));
    byId("paths-told").textContent = this.introduce(count);
    byId("walk").disabled = this.paths.length === 0;
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
    const rest = this.isAll ? "" : `; the first ${MOST_PATHS} are listed`;
    return `${formatCount(count)} paths to ${name}: each adds its product of local derivatives${rest}.`;
  }

  /** Light up the path of a number, or none. */
  light(number) {
    this.path = this.paths[number] ?? null;
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
    this.lit(this.path ?? [], this.buttons[number]?.textContent ?? "");
  }

  /** Light up all paths that are listed. */
  lightAll() {
    this.lit(this.paths.flat(), "");
  }

  /** Write each path with its product, and their sum, once the pass forward has come to the root. */
  paint() {
    const { graph, right, guessing } = this.passes;
    const isSecret = guessing !== null && !guessing.isOver;
    const isReached = this.passes.state().known[graph.root];
    const products = this.paths.map((path) => (isReached ? multiplyPartials(graph, path) : null));
    this.paths.forEach((path, i) => {
      const names = [this.nameOfNode(graph.root), ...path.map(({ input }) => this.nameOfNode(input))];
      if (names.length > MOST_ON_WAY) {
        names.splice(MOST_ON_WAY / 2, names.length - MOST_ON_WAY + 1, "…");
      }
      const factors = path.map(({ node, position }) => formatFactor(graph.partials[node][position]));
      if (factors.length > MOST_FACTORS) {
        factors.splice(3, factors.length - 5, "…");
      }
      const product = isSecret ? "" : `: ${isReached ? `${factors.join(" · ")} = ${formatNumber(products[i])}` : "–"}`;
      this.buttons[i].textContent = names.join(" ← ") + product;
    });
    const describe = () => isSecret ? "Their products are shown after the last step." : this.describeSum(products, isReached ? right[this.leaf] : null);
    byId("paths-sum").textContent = this.paths.length ? describe() : "";
  }

  describeSum(products, gradient) {
    const sum = products.includes(null) ? null : products.reduce((total, product) => total + product, 0);
    const [root, leaf] = [this.passes.graph.root, this.leaf].map((node) => this.nameOfNode(node));
    const what = this.passes.broken.locals ? "with the broken engine's local derivatives" : `the gradient of ${root} by ${leaf}`;
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
      if (next === this.paths.length) {
        this.stop();
      } else {
        this.light(next);
        next += 1;
      }
    };
    byId("walk").textContent = "Stop";
    this.timer = setInterval(show, WALK);
    show();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    byId("walk").textContent = "Play paths";
  }
}
