// What a picture's boxes and arrows say at a moment: their marks, their numbers and what is beside them.

import { formatApart, formatAsPython, formatNumber, signed } from "./numbers.js";
import { multiplyAlong } from "./paths.js";
import { addProduct, fillText, placeLabel, readTexts, writeFromAfar, writeRemark } from "./shapes.js";
import { recite } from "./walking.js";

const LONGEST_ENDS = 16; // letters that a box has room for; of longer numbers, fewer digits

/** Paints the boxes and arrows of a picture that are in sight. */
export class Painting {
  constructor(picture) {
    Object.assign(this, { picture, passes: picture.passes, repeats: picture.repeats });
  }

  /** Show the numbers and marks of the moment. */
  paint() {
    const { passes, repeats, picture } = this;
    const { path, found, sight, element } = picture;
    const state = passes.state();
    const wrong = passes.step === passes.facts.length ? passes.findWrong() : [];
    const fact = passes.marked;
    const isFolded = fact && repeats.isHidden(fact.node);
    const isGuessed = passes.guessing !== null && !passes.guessing.isOver; // what the path's products would tell
    this.moment = {
      ...state,
      marked: {
        current: new Set(fact && !isFolded ? [fact.node, fact.input ?? fact.node] : []),
        wrong: new Set(wrong),
        error: passes.graph.errors,
        path: new Set(path.flatMap(({ node, input }) => [node, input])),
        found: new Set(found === undefined ? [] : [repeats.see(found)]),
        ...passes.operated,
      },
      culprit: wrong.at(-1), // nearest to the root, which makes others wrong
      path: new Set(path.map(({ node, position }) => `${node}-${position}`)),
      products: isGuessed || !state.known[passes.graph.root] ? new Map() : multiplyAlong(passes.graph, path),
      largest: sight.isFar ? state.gradient.reduce((most, x) => Math.max(most, Math.abs(x ?? 0) || 0), 0) : 0,
    };
    element.classList.toggle("tracing", path.length > 0);
    picture.boxes.filter(({ isSeen }) => isSeen).forEach((box) => this.paintBox(box));
    picture.arrows.filter(({ isSeen }) => isSeen).forEach((arrow) => this.paintArrow(arrow));
  }

  paintBox(box) {
    const { passes, moment: { known, gradient, marked, largest } } = this;
    const nodes = box.stands.map((node) => this.repeats.see(node));
    const words = Object.keys(marked).filter((word) => nodes.some((node) => marked[word].has(node)));
    if (nodes.every((node) => known[node] && passes.graph.data[node] !== null)) {
      words.push("known");
    }
    const given = nodes.filter((node) => gradient[node] !== null);
    if (given.length) {
      words.push(nodes.every((node) => passes.isComplete(node)) ? "complete" : "partly");
    }
    mark(box, ["node", box.kind, box.isGroup && "toggle", ...words]);
    if (!box.isGroup) {
      box.g.setAttribute("aria-label", recite(passes, nodes[0], this.moment));
    }
    if (this.picture.sight.isFar) {
      const size = given.reduce((most, node) => Math.max(most, Math.abs(gradient[node]) || 0), 0);
      box.g.style.setProperty("--strength", largest ? (size / largest).toFixed(2) : "0");
      if (box.kind !== "constant") {
        writeFromAfar(box, this.picture.sight.at.scale);
      }
    } else if (box.kind !== "constant") { // which is a number already
      this.write(box, nodes);
    }
  }

  paintArrow(arrow) {
    const { flowed, path, products } = this.moment;
    const { passes } = this;
    const { marked } = passes;
    const keys = this.picture.keysOf(arrow);
    const isOf = (some) => keys.some((key) => some.has(key));
    const isCurrent = marked?.kind === "share" && keys.includes(`${marked.node}-${marked.position}`);
    const [isOnPath, isCut] = [isOf(path), isOf(passes.graph.cuts)];
    const words = [!keys.length && "absent", isOf(flowed) && "flowed", isCurrent && "current", isOnPath && "path", isCut && "cut"];
    if (mark(arrow, [arrow.kind, ...words]) && arrow.isOneOfMany) {
      arrow.g.setAttribute("tabindex", isCurrent || isOnPath ? "0" : "-1");
    }
    if (this.picture.sight.isFar) {
      return;
    }
    const product = products.get(keys.find((key) => products.has(key)));
    if (arrow.texts.length === 2) { // a local derivative and what it makes of a gradient
      this.writeEdge(arrow, keys[0], product, isCut);
    } else if (product !== undefined || arrow.product) {
      arrow.product ??= addProduct(arrow);
      fillText(arrow.product, product === undefined ? "" : `= ${formatNumber(product)}`, 106, 13);
    }
  }

  /** Write a local derivative and its share, or on a path what the product is so far. */
  writeEdge(arrow, key, product, isCut) {
    const { edges, texts } = arrow;
    const { known, flowed } = this.moment;
    const edge = this.picture.seeEdge(edges[0]);
    const isShown = edge && known[edge.node] && !this.passes.isSecret(edge.node, edge.position);
    const partial = isShown ? (this.passes.graph.partials[edge.node][edge.position] ?? null) : null;
    const share = flowed.has(key) ? `◂ ${formatNumber(flowed.get(key))}` : "";
    fillText(texts[0], isCut ? "cut" : partial === null ? "" : `× ${formatNumber(partial)}`, 106, 13);
    fillText(texts[1], product === undefined ? share : `= ${formatNumber(product)}`, 106, 13);
    placeLabel(arrow, Math.max(13, this.picture.sight.least));
  }

  /** Write the numbers of a box. */
  write(box, nodes) {
    const { known, gradient } = this.moment;
    const { graph } = this.passes;
    if (box.isGroup) {
      box.sorted ??= this.sortNodes(box.stands);
      const [outputs, parameters] = [box.sorted.outputs, box.sorted.parameters].map((own) => own.map((node) => this.repeats.see(node)));
      const values = outputs.every((node) => known[node]) ? outputs.map((node) => graph.data[node]) : [];
      fillText(box.value, formatEnds(values), box.room, 22);
      const ends = formatEnds(parameters.map((node) => gradient[node]));
      fillText(box.caption, ends && "weight gradients", box.room, 12.5);
      fillText(box.gradient, ends, box.room, 15);
      this.writeSpread(box, 0, box.sorted.outputs, graph.data);
      const wrong = nodes.filter((node) => this.moment.marked.wrong.has(node)).length;
      const remark = wrong ? `✗ in ${wrong} ${wrong > 1 ? "nodes" : "node"}` : this.describeChange(values.length ? outputs : []);
      writeRemark(box, remark);
      box.g.setAttribute("aria-label", `Open ${readTexts(box.g)}`); // whose role is that of a button
      return;
    }
    const [node] = nodes;
    fillText(box.value, known[node] && graph.data[node] !== null ? formatNumber(graph.data[node]) : "", box.room, 22);
    const isWrong = this.moment.marked.wrong.has(node);
    const [own, right] = isWrong ? formatApart(gradient[node], this.passes.right[node]) : [formatNumber(gradient[node]), ""];
    fillText(box.gradient, gradient[node] === null ? "" : own, box.room, 19);
    writeRemark(box, isWrong ? this.describeLost(node) || `✗ ≠ ${right}` : this.describeChange(known[node] ? nodes : []));
    [graph.data, gradient].forEach((numbers, i) => this.writeSpread(box, i, [box.item], numbers));
  }

  /** Write from where to where numbers go in all repetitions, where a box has a place for that. */
  writeSpread(box, i, stands, numbers) {
    if (i in box.spreads) {
      const ends = this.repeats.spread(stands, numbers, this.moment.known);
      const text = ends && (ends[0] === ends[1] ? `all ${formatNumber(ends[0])}` : formatEnds(ends));
      fillText(box.spreads[i], text ?? "", box.room, 12.5);
    }
  }

  /** Say by how much the last nudge changed what nodes are, "" if not at all. */
  describeChange(nodes) {
    const changes = nodes.map((node) => this.passes.findChange(node)).filter(Boolean);
    return changes.length ? `Δ ${formatEnds(changes, signed)}` : "";
  }

  /** Say what is lost at the node where gradients begin to be wrong, "" of others. */
  describeLost(node) {
    const { gradient, right, broken } = this.passes;
    const lost = right[node] - gradient[node];
    if (node !== this.moment.culprit || right[node] === null || !Number.isFinite(lost)) {
      return "";
    }
    if (broken.seed || broken.share || broken.locals) { // which make others of the shares themselves
      return "";
    }
    return broken.unreset ? `✗ ${formatNumber(-lost)} too much` : `✗ lost ${formatNumber(lost)}`;
  }

  /** Return the nodes of a group that others take from, and its parameters. */
  sortNodes(stands) {
    const { nodes, graph } = this.passes;
    const own = new Set(stands);
    const used = new Set(this.picture.edges.filter(({ tail, head }) => own.has(tail) && !own.has(head)).map(({ tail }) => tail));
    used.add(this.repeats.stands[graph.root]);
    return {
      outputs: stands.filter((node) => nodes[node].rule !== null && used.has(node)),
      parameters: stands.filter((node) => nodes[node].kind === "leaf"),
    };
  }
}

/** Mark what is drawn with the words that there are, and return whether they are new. */
function mark({ g }, words) {
  const text = words.filter(Boolean).join(" ");
  const isNew = g.getAttribute("class") !== text;
  if (isNew) {
    g.setAttribute("class", text);
  }
  return isNew;
}

/** Return the least and the greatest of some numbers as a text, one number if they look the same. */
function formatEnds(numbers, format = formatNumber) {
  const known = numbers.filter((number) => number !== null);
  if (!known.length) {
    return "";
  }
  const ends = known.some(Number.isNaN) ? [NaN] : [Math.min(...known), Math.max(...known)];
  const write = (as) => [...new Set(ends.map((end) => as(end)))].join(" … ");
  const text = write(format);
  return text.length > LONGEST_ENDS && format === formatNumber ? write((end) => formatAsPython(end || 0, 3)) : text;
}
