// The cells of one chapter: they share their names in the order in which they stand.

import { Cell } from "./cell.js";
import { isOutdated, needAll, pickTexts, planRun } from "./order.js";
import { afterRest } from "../../../micrograd_nn/page/web/waiting.js";
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
  #ran = new Map(); // the texts of the cells that ran in the present names
  #needs; // for each cell those above that it needs, of #texts
  #texts = [];
  #needing = null; // while Python is asked for them
  #findNeeds = afterRest(() => this.#readNeeds());
  #running = null; // the cell whose Run was pressed

  constructor(elements) {
    this.#cells = Array.from(elements, (element, index) => {
      const run = () => this.#run(index);
      const stop = () => this.#python.stop();
      const reset = () => this.#reset(index);
      return new Cell(element, index + 1, { run, stop, reset, changed: () => this.#change() });
    });
    this.#setOriginals(needAll(this.#cells.length));
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
      setTimeout(() => this.#beginEarly(), REST); // a reader of cells runs more
    }
  }

  async #beginEarly() {
    await this.#python.begin(QUIET).catch(() => {});
    await this.#readNeeds();
  }

  #change() {
    this.#compare();
    this.#findNeeds();
    const edited = this.#cells.filter(({ text, original }) => text !== original);
    const cells = Object.fromEntries(edited.map(({ text, original }) => [original, text]));
    keepOfPage(this.#name, (page) => Object.assign(page, { cells }));
  }

  #listTexts() {
    return this.#cells.map((cell) => cell.text);
  }

  // Says of the outputs that were built which texts they were made of.
  #setOriginals(needs) {
    const originals = this.#cells.map((cell) => cell.original);
    for (const [index, cell] of this.#cells.entries()) {
      if (!cell.hasRun) {
        cell.made = pickTexts(originals, index, needs);
      }
    }
  }

  // Learns which cells the texts need, if Python has time; till then a cell is taken to need all above it.
  async #readNeeds() {
    if (this.#python.isReady && !this.#running) {
      this.#needing = this.#askNeeds().catch(() => {}); // it was stopped
      await this.#needing;
      this.#compare();
    }
  }

  async #askNeeds() {
    const texts = this.#listTexts();
    const originals = this.#cells.map((cell) => cell.original);
    const [needs, built] = await this.#python.call("needing.find_needs_of_both", [texts, originals]);
    [this.#needs, this.#texts] = [needs, texts];
    this.#setOriginals(built);
  }

  #listNeeds(texts) {
    const isKnown = this.#needs && texts.every((text, index) => text === this.#texts[index]);
    return isKnown ? this.#needs : needAll(texts.length);
  }

  // Marks the outputs that are of other texts than those that stand there now.
  #compare() {
    const texts = this.#listTexts();
    const needs = this.#listNeeds(texts);
    for (const [index, cell] of this.#cells.entries()) {
      cell.markOutdated(isOutdated(cell.made, texts, needs[index]));
    }
  }

  #reset(index) {
    const cell = this.#cells[index];
    if (this.#running) {
      cell.tell(BUSY);
      return;
    }
    cell.restore();
    this.#setOriginals(needAll(this.#cells.length));
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
      await this.#needing;
      await this.#askNeeds();
      writeKept({ ...readKept(), runsCells: true });
      cell.tell(await this.#runUpTo(index));
    } catch (error) {
      this.#ran = new Map();
      const what = error instanceof Stopped ? "Stopped" : `Python failed (${error.message})`;
      cell.tell(`${what}. ${GONE}`);
    } finally {
      this.#running = null;
      cell.markRunning(false);
      this.#compare();
    }
  }

  // Runs the cells that this one needs and that have not run yet with their present texts, and it; returns what
  // there is to say.
  async #runUpTo(index) {
    const texts = this.#listTexts();
    const needs = this.#listNeeds(texts);
    const { places, isFresh } = planRun(this.#ran, texts, index, needs);
    if (isFresh) {
      this.#ran = new Map();
    }
    for (const place of places) {
      const above = place < index;
      this.#cells[index].tell(above ? `Running cell ${place + 1}, above, first …` : "Running …");
      const ended = await this.#runCell(place, texts, needs, above);
      this.#ran.set(place, texts[place]);
      if (!ended) {
        this.#ran = new Map(); // what failed may have changed anything
        return above ? `An error in cell ${place + 1}, above: mend that first.` : "An error.";
      }
    }
    return DONE;
  }

  // Runs one cell; returns whether those below it may run.
  async #runCell(place, texts, needs, above) {
    const cell = this.#cells[place];
    const mayFail = cell.element.classList.contains(MAY_FAIL);
    const isFresh = this.#ran.size === 0;
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
      cell.endOutput(pickTexts(texts, place, needs));
    }
  }
}
