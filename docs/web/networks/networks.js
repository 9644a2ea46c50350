// The playground for networks: Python trains in its worker, and the page shows where it stands.

import { stripState } from "../../../micrograd_nn/page/web/address.js";
import { byId, whenPressed } from "../../../micrograd_nn/page/web/markup.js";
import { Asking } from "./asking.js";
import { Forward } from "./forward.js";
import { Losses } from "./losses.js";
import { NetDrawing } from "./drawing.js";
import { NetForm, readLink, writeLink } from "./form.js";
import { Painting } from "./painting.js";
import { Panel } from "./panel.js";
import { Plane } from "./plane.js";
import { Taking } from "./taking.js";
import { Training } from "./training.js";

/* global FIRST -- the usual settings, with their network and points: written here by the bundler */

const POINT = "Point at a line to read its weight; click it, or a neuron, to have it explained.";

export class Networks {
  running = null; // what Python told of the training that there is
  settings = null; // of that training
  #asking;
  #begun = 0; // how many trainings

  constructor() {
    this.#asking = new Asking({
      tell: (words) => this.tell(words),
      tellProgress: (share, words) => this.#tellProgress(share, words),
      offerStop: (offered) => this.#offerStop(offered),
    });
    this.form = new NetForm(() => this.#beginIfChanged());
    this.losses = new Losses(byId("net-losses"));
    this.panel = new Panel(this);
    this.taking = new Taking(this);
    this.training = new Training(this);
    this.drawing = new NetDrawing(byId("net-drawing"), byId("net-heads"), {
      weight: (parameter) => this.panel.look("weight", parameter),
      neuron: (layer, i) => this.panel.look("neuron", layer, i),
      hover: (words) => (byId("net-hover").textContent = words || POINT),
      resize: (layer, by) => this.#resize(layer, by),
    });
    this.plane = new Plane(this.form, {
      example: (row) => this.panel.look("example", row),
      drawn: () => this.#beginIfGood(),
      reframed: (prediction) => this.#reframe(prediction),
      tell: (words) => this.tell(words),
      say: (words) => this.say(words),
    });
    this.painting = new Painting(this);
    this.#listen();
    byId("net-hover").textContent = POINT;
    this.open(readLink());
  }

  #listen() {
    whenPressed("net-reset", () => this.#beginIfGood());
    whenPressed("net-stop", () => this.#asking.stop());
    whenPressed("net-new", () => {
      const { low, high } = this.form.limits.dataseed;
      const seed = Number(this.form.read().dataseed) + 1;
      this.form.set("dataseed", String(seed > high ? low : seed));
      this.#beginIfGood();
    });
    whenPressed("net-example", () => this.panel.look("example", Number(byId("net-number").value) - 1));
    addEventListener("hashchange", () => {
      const settings = readLink();
      if (Object.keys(settings).length) {
        this.open(settings);
      }
    });
  }

  // Returns a function that tells whether the training of now is there still: nothing was begun since.
  watch() {
    const number = this.#begun;
    return () => number === this.#begun;
  }

  // Asks Python; what fails stops the training that it was asked for, and is an answer with an error.
  async ask(name, given = {}) {
    const isSame = this.watch();
    const told = await this.#asking.ask(name, given);
    if (told.error && isSame()) {
      this.training.stop();
      if (told.isGone) {
        this.#offer(false);
      }
    }
    return told;
  }

  // Begins with settings from a link; those that it lacks are the usual ones.
  open(settings) {
    if (settings.data === "own") {
      this.form.learn(settings.table ?? "");
    }
    if (!this.form.limits) { // nothing is shown yet, and Python takes a while to come
      this.form.offer(FIRST.limits);
      if (Object.keys(settings).length === 0) {
        this.#draw(FIRST.told);
      }
    }
    return this.begin(settings, true);
  }

  // Starts over, unless a setting can't be: that is told, and nothing is trained until it is mended.
  #beginIfGood() {
    if (!this.#isRefused()) {
      this.begin();
    }
  }

  // Starts over unless the form has what is trained with already.
  #beginIfChanged() {
    if (this.#isRefused()) {
      return;
    }
    const asked = Object.entries(this.form.read());
    if (!this.settings || asked.some(([name, text]) => this.settings[name] !== text)) {
      this.begin();
    } else {
      this.#offer(true);
      this.tell("");
    }
  }

  #isRefused() {
    const words = this.form.data ? this.form.check() : ""; // or else nothing is in it yet
    if (words) {
      this.training.stop();
      this.#offer(false);
      this.tell(words);
    }
    return words !== "";
  }

  #resize(layer, by) {
    const refused = this.form.resize(layer, by);
    if (refused) {
      this.tell(refused);
    } else {
      this.#beginIfGood();
    }
  }

  // Starts over, with the settings of the form or those of a link.
  async begin(settings = this.form.data ? this.form.read() : readLink(), isLink = !this.form.data) {
    this.#begun += 1;
    const isSame = this.watch();
    this.training.stop();
    this.#offer(false);
    byId("net-code").textContent = "";
    byId("networks").ariaBusy = "true";
    const { told, usual } = await this.#ask(settings, isLink);
    if (!isSame()) {
      return; // another one was asked for since
    }
    byId("net-reset").disabled = false;
    if (told.error) {
      this.#showNothing(told, usual);
    } else {
      this.#show(told);
      await this.inspect();
      await this.taking.showProgram();
    }
    if (isSame()) {
      byId("networks").ariaBusy = "false";
    }
  }

  // Returns what Python tells of a training that it begins; of a link to data that can't be learned, the
  // settings to go on from as well.
  async #ask(settings, isLink) {
    const told = await this.#asking.begin(`network_training.${isLink ? "open_link" : "begin"}`, settings);
    const goesOn = told.error && isLink && settings.data === "own";
    return { told, usual: goesOn ? await this.#asking.ask("network_training.read_link", settings) : {} };
  }

  // Shows a training that has begun.
  #show(told) {
    this.tell(describeRefused(told.refused));
    this.panel.close();
    this.#draw(told);
    if (!told.refused?.length) { // or else whoever wrote the link can mend it
      history.replaceState(null, "", writeLink(told.settings) ?? stripState(location.href));
    }
    this.#offer(true);
  }

  // Draws a training where it begins.
  #draw(told) {
    told.prediction = this.plane.hold(told.prediction);
    this.running = told;
    this.settings = told.settings;
    this.form.show(told.settings, told.losses, told.features.offered);
    this.forward = new Forward(told.layers, told.features.chosen);
    this.forward.load(told.weights.map(Number));
    this.losses.begin();
    this.drawing.begin(told, this.forward);
    this.plane.begin(told, this.forward);
    byId("net-number").max = Object.values(told.prediction.points).flat().length;
    this.training.take(told);
    this.painting.redraw();
  }

  // Shows why there is nothing to train; `usual` are the settings of a link to go on from.
  #showNothing({ error, shown }, usual) {
    this.running = null;
    this.settings = null;
    byId("net-standing").textContent = "";
    this.panel.close();
    this.drawing.clear();
    this.losses.begin();
    this.losses.draw();
    if (usual.settings) {
      this.form.show(usual.settings, usual.losses);
    }
    this.plane.beginEmpty(shown);
    this.tell([error, describeRefused(usual.refused)].filter(Boolean).join(" — "));
  }

  #offer(offered) {
    for (const id of ["net-train", "net-step", "net-epoch", "net-save", "net-example"]) {
      byId(id).disabled = !offered;
    }
  }

  #offerStop(offered) {
    const stop = byId("net-stop");
    if (!offered && document.activeElement === stop) {
      byId("net-reset").focus();
    }
    stop.hidden = !offered;
  }

  // Returns what the neurons do with all examples, and marks those that let no gradient through.
  async inspect() {
    const isSame = this.watch();
    const told = await this.ask("network_looking.look_at_neurons");
    if (!told.error && isSame() && !this.training.isOn) {
      const states = told.layers.flatMap((layer, k) => layer.map(({ state }, i) => [`${k}-${i}`, state]));
      this.drawing.mark(Object.fromEntries(states));
    }
    return told;
  }

  // Marks a weight's line; null for none.
  choose(parameter) {
    this.drawing.chosen = parameter;
    this.painting.paintSoon();
  }

  // Shows other ranges of the columns.
  #reframe(prediction) {
    if (this.running) {
      this.running.prediction = prediction;
      this.drawing.columns = prediction.columns;
      this.plane.begin(this.running, this.forward);
      this.painting.redraw();
    }
  }

  tell(words) {
    byId("net-progress").hidden = true;
    byId("net-told").textContent = words;
  }

  #tellProgress(share, words) {
    const [bar, text] = byId("net-progress").children;
    bar.value = share;
    text.textContent = words;
    byId("net-progress").hidden = false;
  }

  // Says something to readers of screens alone.
  say(words) {
    byId("net-live").textContent = words;
  }
}

// Says which settings of a link can't be used.
function describeRefused(refused = []) {
  return refused.length ? `Not all of the link can be used: ${refused.join("; ")}. What is usual stands in its place.` : "";
}
