// What a cell printed and returned, in the form that it has in a page as it was built.

import { html } from "../../../micrograd_nn/page/web/markup.js";
import { watchScrolling } from "../page/scrolling.js";

const CLASSES = {
  stdout: "output stream",
  stderr: "output stderr",
  error: "output traceback",
  "text/plain": "output text_plain",
};

export class Outputs {
  #printed = {}; // for each stream its box and, in it, the text that was printed

  constructor(place) {
    this.place = place;
  }

  show({ kind, text }) {
    if (kind in this.#printed) {
      const { node } = this.#printed[kind];
      node.data = applyReturns(node.data + text);
      return;
    }
    const last = this.place.lastElementChild;
    const after = kind === "stdout" && last !== null && last === this.#printed.stderr?.box;
    const shown = this.#make(kind, text);
    if (after) {
      last.before(...shown); // as they stand at build, whatever was printed first
    } else {
      this.place.append(...shown);
    }
    watchScrolling(this.place);
  }

  #make(kind, text) {
    if (kind === "text/markdown" || kind === "image/svg+xml") {
      return [...parse(text).childNodes];
    }
    if (kind === "text/html") {
      return [html("div", { class: "output text_html" }, parse(text))];
    }
    return [this.#makeText(kind, text)];
  }

  #makeText(kind, text) {
    const node = document.createTextNode(applyReturns(text));
    const box = html("div", { class: `${CLASSES[kind]} notranslate` }, html("div", { class: "highlight" }, html("pre", {}, node)));
    if (kind === "stdout" || kind === "stderr") {
      this.#printed[kind] = { box, node };
    }
    return box;
  }
}

function parse(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  for (const table of template.content.querySelectorAll("table")) {
    const box = html("div", { class: "table-wrapper docutils container" });
    table.className = "docutils align-default";
    table.replaceWith(box);
    box.append(table);
  }
  return template.content;
}

// A text as a terminal shows it: what follows a carriage return takes the place of the line.
function applyReturns(text) {
  return text.includes("\r") ? text.replace(/^.*\r(?!\n)/gm, "") : text;
}
