// The loop of the chain rule beside the picture: the line of the step, the numbers of its variables,
// and at each place what people write there by mistake.

import { byId, formula, html, sign, whenPressed, writeName } from "./markup.js";
import { formatNumber } from "./numbers.js";

const MOST_LINES = 5; // of the forward pass, around the one of the step

/**
 * The panel of the loop; `changed()` is told that another engine runs.
 *
 * Its variables are parts of the step, as are boxes of the picture and terms of the equation: what is
 * pointed at is lit in all three.
 */
export class Loop {
  constructor(passes, mistakes, equations, picture, changed) {
    Object.assign(this, { passes, mistakes, equations, picture, changed });
    this.lines = [...document.querySelectorAll("#loop [data-line]")];
    this.places = [...document.querySelectorAll("#loop select")];
    this.seen = new Map([...document.querySelectorAll("#loop [data-seen]")].map((one) => [one.dataset.seen, one]));
    this.isHeld = false; // the right engine, while one guesses
    for (const select of this.places) {
      select.addEventListener("change", () => {
        mistakes.choose(select.dataset.place, select.value);
        changed();
      });
    }
    whenPressed("mend", () => {
      mistakes.make([]);
      changed();
      this.places[0].focus(); // the button is gone
    });
    for (const id of ["loop", "formula", "graph"]) {
      byId(id).addEventListener("pointerover", ({ target }) => this.light(this.partsOf(target)));
      byId(id).addEventListener("pointerleave", () => this.light([]));
    }
  }

  /** Show the step: without numbers while its result is asked for, or where it is several steps in one. */
  paint(isAsking, isSeveral) {
    this.fact = isSeveral || isAsking ? undefined : this.passes.fact; // whose variables are told
    const kind = isAsking ? "" : this.passes.fact?.kind;
    const now = { seed: ["seed"], share: isSeveral ? [] : ["add"] }[kind] ?? [];
    const within = kind === "share" ? ["order", "upstream", "edges", "local", "add"] : [];
    this.lines.forEach((line) => {
      line.classList.toggle("now", now.includes(line.dataset.line));
      line.classList.toggle("within", within.includes(line.dataset.line));
    });
    const texts = this.describeVariables();
    this.seen.forEach((element, part) => (element.textContent = texts[part] ?? ""));
    this.paintForward(isAsking);
    this.paintPlaces();
  }

  /** Return the variables' numbers and names at the step. */
  describeVariables() {
    const { passes, fact } = this;
    if (fact?.kind === "seed") {
      return { seed: formatNumber(fact.after) };
    }
    if (fact?.kind !== "share") {
      return {};
    }
    const { node, input, upstream, partial, before, after } = fact;
    return {
      node: passes.nameOf(node),
      upstream: formatNumber(upstream),
      partial: formatNumber(partial),
      total: `${passes.nameOf(input)}: ${formatNumber(before)} → ${formatNumber(after)}`,
    };
  }

  /** Show the lines of the forward pass around the step, each with its number once that is known. */
  paintForward(isAsking) {
    const { passes, equations } = this;
    const { graph, nodes, fact, repeats } = passes;
    const { known } = passes.state();
    this.made ??= nodes.map((_, node) => node).filter((node) => nodes[node].rule !== null && repeats.stands[node] === node);
    const own = fact ? repeats.stands[fact.node] : this.made[0];
    const first = Math.max(0, Math.min(this.made.length - MOST_LINES, this.made.indexOf(own) - 2));
    const shown = this.made.slice(first, first + MOST_LINES).map((stand) => repeats.see(stand));
    const count = (many, where) => (many > 0 ? [html("div", { class: "faint more" }, `${many.toLocaleString("en")} more ${where}`)] : []);
    byId("forward").replaceChildren(
      ...count(first, "before"),
      ...shown.map((node) => {
        const isOwn = fact?.kind === "value" && fact.node === node;
        const isNow = isOwn && !isAsking;
        const isKnown = known[node] && !(isOwn && isAsking);
        return html(
          "div", { class: `line${isNow ? " now" : ""}`, "data-node": node },
          html("code", {}, formula(writeName(passes.nameOf(node)), sign("="), equations.writeMade(node))),
          html("span", { class: "seen value" }, isKnown && graph.data[node] !== null ? formatNumber(graph.data[node]) : ""),
        );
      }),
      ...count(this.made.length - first - MOST_LINES, "after"),
    );
  }

  /** Offer at each place what may stand there, the local derivative that of the step. */
  paintPlaces() {
    const { passes, mistakes } = this;
    for (const select of this.places) {
      if ("local" in select.dataset) {
        select.dataset.place = this.fact?.kind === "share" ? passes.graph.nameLocal(this.fact.node, this.fact.position) : "";
      }
      const { place } = select.dataset;
      const choices = mistakes.listChoices(place).map((choice) => ({ ...choice, code: mistakes.write(choice, passes, this.fact?.node) }));
      const key = choices.map(({ name, code }) => `${name} ${code}`).join();
      if (select.dataset.key !== key) {
        select.dataset.key = key;
        select.replaceChildren(...choices.map(({ name, code }) => html("option", { value: name }, code)));
      }
      const chosen = mistakes.find(place);
      select.value = chosen?.name ?? "";
      select.hidden = choices.length === 0;
      select.disabled = this.isHeld;
      select.classList.toggle("wrong", Boolean(chosen?.name));
    }
    byId("mend").hidden = !passes.isBroken;
  }

  /** Return which parts of the step something is that is pointed at. */
  partsOf(target) {
    const own = target.closest("[data-part]");
    if (own) {
      return own.getAttribute("data-part").split(" ");
    }
    const { fact } = this;
    if (fact?.kind !== "share" || !byId("graph").contains(target)) {
      return [];
    }
    const node = this.picture.nodeOf(target);
    const edge = this.picture.edgeOf(target);
    const isOwn = edge && edge.node === fact.node && edge.position === fact.position;
    return [node === fact.node && "node", node === fact.node && "upstream", node === fact.input && "input", node === fact.input && "total", isOwn && "partial"].filter(Boolean);
  }

  /** Light parts of the step wherever they are. */
  light(parts) {
    for (const element of document.querySelectorAll("#loop [data-part], #formula [data-part]")) {
      element.classList.toggle("lit", element.getAttribute("data-part").split(" ").some((part) => parts.includes(part)));
    }
    const { fact } = this;
    const has = (...wanted) => wanted.some((part) => parts.includes(part));
    this.picture.light(fact?.kind === "share"
      ? { nodes: [...(has("node", "upstream") ? [fact.node] : []), ...(has("input", "total") ? [fact.input] : [])], edge: has("partial") ? `${fact.node}-${fact.position}` : null }
      : { nodes: [], edge: null });
  }
}
