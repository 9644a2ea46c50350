// The cells of one chapter: they share their names in the order in which they stand.

import { Cell } from "./cell.js";
import { findFirst, isOutdated } from "./order.js";
import { keepOfPage, namePage, readKept, writeKept } from "../guesses/kept.js";
import { Python, Stopped } from "../page/python.js";
import { DONE } from "./tools.js";

const MAY_FAIL = "tag_raises-exception"; // a cell that shows an error, after which others go on
const BUSY = "A cell is running: wait for its end, or stop it.";
const QUIET = { tell() {}, tellProgress() {} };
const REST = 1000; // milliseconds after which Python begins by itself
const GONE = "The names are gone: the next Run begins at the first cell.";

export class Chapter {
  #name = namePage();
  #python = new Python();
  #cells;
  #ran = []; // the texts of the cells that ran in the present names
  #running = null; // the cell whose Run was pressed

  constructor(elements) {
    this.#cells = Array.from(elements, (element, index) => {
      const run = () => this.#run(index);
      const stop = () => this.#python.stop();
      const reset = () => this.#reset(index);
      return new Cell(element, index + 1, { run, stop, reset, changed: () => this.#change() });
    });
    this.#cells.forEach((cell, index) => (cell.made = this.#listOriginals(index)));
    this.#takeUp();
  }

  // Takes up the texts of an earlier visit, of cells whose own is still the same.
  #takeUp() {
    const { pages, runsCells } = readKept();
    const { cells = {} } = pages[this.#name] ?? {};
    for (const cell of this.#cells) {
      if (Object.hasOwn(cells, cell.original)) {
        cell.takeUp(String(cells[cell.original]));
      }
    }
    this.#compare();
    if (runsCells && !navigator.connection?.saveData) {
      setTimeout(() => this.#python.begin(QUIET).catch(() => {}), REST); // a reader of cells runs more
    }
  }

  #change() {
    this.#compare();
    const edited = this.#cells.filter(({ text, original }) => text !== original);
    const cells = Object.fromEntries(edited.map(({ text, original }) => [original, text]));
    keepOfPage(this.#name, (page) => Object.assign(page, { cells }));
  }

  #listTexts() {
    return this.#cells.map((cell) => cell.text);
  }

  #listOriginals(index) {
    return this.#cells.slice(0, index + 1).map((cell) => cell.original);
  }

  // Marks the outputs that are of other texts than those that stand there now.
  #compare() {
    const texts = this.#listTexts();
    for (const cell of this.#cells) {
      cell.markOutdated(isOutdated(cell.made, texts));
    }
  }

  #reset(index) {
    const cell = this.#cells[index];
    if (this.#running) {
      cell.tell(BUSY);
      return;
    }
    cell.restore();
    cell.made = this.#listOriginals(index);
    this.#change();
  }

  async #run(index) {
    const cell = this.#cells[index];
    if (this.#running) {
      if (this.#running !== cell) {
        cell.tell(BUSY);
      }
      return;
    }
    this.#running = cell;
    cell.markRunning(true);
    try {
      await this.#python.begin(cell);
      writeKept({ ...readKept(), runsCells: true });
      cell.tell(await this.#runUpTo(index));
    } catch (error) {
      this.#ran = [];
      const what = error instanceof Stopped ? "Stopped" : `Python failed (${error.message})`;
      cell.tell(`${what}. ${GONE}`);
    } finally {
      this.#running = null;
      cell.markRunning(false);
      this.#compare();
    }
  }

  // Runs the cells up to this one that have not run yet with their present texts; returns what
  // there is to say.
  async #runUpTo(index) {
    const texts = this.#listTexts();
    const first = findFirst(this.#ran, texts, index);
    this.#ran = texts.slice(0, first);
    for (let place = first; place <= index; place += 1) {
      const above = place < index;
      this.#cells[index].tell(above ? `Running cell ${place + 1}, above, first …` : "Running …");
      const ended = await this.#runCell(place, texts, above);
      this.#ran.push(texts[place]);
      if (!ended) {
        this.#ran = []; // what failed may have changed anything
        return above ? `An error in cell ${place + 1}, above: mend that first.` : "An error.";
      }
    }
    return DONE;
  }

  // Runs one cell; returns whether those below it may run.
  async #runCell(place, texts, above) {
    const cell = this.#cells[place];
    const mayFail = cell.element.classList.contains(MAY_FAIL);
    const isFresh = place === 0;
    cell.beginOutput();
    if (!above) {
      cell.unfold();
    }
    try {
      const show = (output) => cell.show(output);
      const ended = await this.#python.run(texts[place], place + 1, isFresh, show);
      if (!ended) {
        cell.unfold();
      }
      return ended || mayFail;
    } finally {
      cell.endOutput(texts.slice(0, place + 1));
    }
  }
}
