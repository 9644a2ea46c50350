// The playground for networks: Python trains in its worker, and the page shows where it stands.
//
// The page asks Python for a slice of time after the other; it draws before each frame, with whatever
// weights came last.

import { stripState } from "../../../micrograd_nn/page/web/address.js";
import { byId } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { afterRest, beforeNextFrame } from "../../../micrograd_nn/page/web/waiting.js";
import { Asking } from "./asking.js";
import { Forward } from "./forward.js";
import { Losses } from "./losses.js";
import { NetDrawing, readColours } from "./drawing.js";
import { NetForm, readLink, writeLink } from "./form.js";
import { Panel } from "./panel.js";
import { Plane } from "./plane.js";
import { Taking } from "./taking.js";

const SLICE = 12; // milliseconds that Python trains at a time
const CURVE_REST = 150; // milliseconds between two drawings of the losses, and of which examples are wrong
const CALM_REST = 700; // … of everything, where motion is reduced
const SAID_REST = 5000; // … between what a reader of screens hears while it trains
const POINT = "Point at a line to read its weight; click it, or a neuron, to have it explained.";

export class Networks {
  #asking = new Asking((words) => this.tell(words));
  isTraining = false;
  #drawn = { curve: 0, all: 0, said: 0 };
  #begun = 0; // how many trainings
  #runs = 0; // how many times Train was pressed

  constructor() {
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.form = new NetForm(() => this.#beginIfChanged());
    this.losses = new Losses(byId("net-losses"));
    this.panel = new Panel(this);
    this.taking = new Taking(this);
    this.drawing = new NetDrawing(byId("net-drawing"), byId("net-heads"), {
      weight: (parameter) => this.panel.look("weight", parameter),
      neuron: (layer, i) => this.panel.look("neuron", layer, i),
      hover: (words) => (byId("net-hover").textContent = words || POINT),
      resize: (layer, by) => this.form.resize(layer, by) ? this.#beginIfGood() : this.tell("At most 4 layers of 8 neurons."),
    });
    this.plane = new Plane(this.form, {
      example: (row) => this.panel.look("example", row),
      drawn: () => this.#beginIfGood(),
      reframed: (prediction) => this.#reframe(prediction),
      tell: (words) => this.tell(words),
      say: (words) => this.say(words),
    });
    this.paintSoon = beforeNextFrame(() => this.paint());
    this.#listen();
    byId("net-hover").textContent = POINT;
    this.open(readLink());
  }

  #listen() {
    const act = (id, click) => byId(id).addEventListener("click", click);
    act("net-train", () => (this.isTraining ? this.pause() : this.train()));
    act("net-step", () => this.advance({ steps: 1 }));
    act("net-epoch", () => this.advance({ epochs: 1 }));
    act("net-reset", () => this.#beginIfGood());
    act("net-new", () => {
      this.form.set("dataseed", String((Number(this.form.read().dataseed) + 1) % 1_000_000));
      this.#beginIfGood();
    });
    act("net-example", () => this.panel.look("example", Number(byId("net-number").value) - 1));
    addEventListener("hashchange", () => {
      const settings = readLink();
      if (Object.keys(settings).length) {
        this.open(settings);
      }
    });
    const recolour = () => {
      this.colours = readColours(byId("networks"));
      this.paintSoon();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    new MutationObserver(recolour).observe(document.body, { attributeFilter: ["data-theme"] });
    recolour();
    let wide = document.documentElement.clientWidth;
    addEventListener("resize", afterRest(() => {
      if (document.documentElement.clientWidth !== wide) {
        wide = document.documentElement.clientWidth;
        this.redraw();
      }
    }));
  }

  // Asks Python; what fails stops the training, and is an answer with an error.
  async ask(name, given = {}) {
    const told = await this.#asking.ask(name, given);
    if (told.error) {
      this.#setTraining(false);
    }
    return told;
  }

  // Begins with settings from a link; those that it lacks are the usual ones.
  open(settings) {
    if (settings.data === "own") {
      this.form.learn(settings.table ?? "");
    }
    return this.begin(settings, true);
  }

  // Begins anew, unless a setting can't be: that is told, and nothing is trained until it is mended.
  #beginIfGood() {
    if (!this.#isRefused()) {
      this.begin();
    }
  }

  // Begins anew unless the form has what is trained with already.
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
      this.#setTraining(false);
      this.#offer(false);
      this.tell(words);
    }
    return words !== "";
  }

  // Begins anew, with the settings of the form or those of a link.
  async begin(settings = this.form.data ? this.form.read() : readLink(), isLink = !this.form.data) {
    const number = (this.#begun += 1);
    this.#setTraining(false);
    this.#offer(false);
    byId("net-code").textContent = "";
    byId("networks").ariaBusy = "true";
    const told = await this.ask(`network_training.${isLink ? "open_link" : "begin"}`, settings);
    const usual = told.error && isLink && settings.data === "own" ? await this.ask("network_training.read_link", settings) : {};
    if (number !== this.#begun) {
      return; // another one was asked for since
    }
    byId("net-reset").disabled = false;
    if (told.error) {
      this.#beginNothing(told, usual);
      byId("networks").ariaBusy = "false";
      return;
    }
    this.tell(describeRefused(told.refused));
    told.prediction = this.plane.hold(told.prediction);
    this.running = told;
    this.form.show(told.settings, told.losses);
    this.settings = told.settings;
    this.forward = new Forward(told.layers);
    this.forward.load(told.weights.map(Number));
    this.losses.begin();
    this.drawing.begin(told, this.forward);
    this.plane.begin(told, this.forward);
    byId("net-number").max = Object.values(told.prediction.points).flat().length;
    if (!told.refused?.length) { // or else whoever wrote the link can mend it
      history.replaceState(null, "", writeLink(told.settings) ?? stripState(location.href));
    }
    this.panel.close();
    this.#offer(true);
    this.take(told);
    this.redraw();
    await this.inspect();
    await this.taking.showProgram();
    if (number === this.#begun) {
      byId("networks").ariaBusy = "false";
    }
  }

  // Tells why there is nothing to train; `usual` are the settings of a link to go on from.
  #beginNothing({ error, shown }, usual) {
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

  // Takes over where the training stands by now.
  take(told) {
    this.running = { ...this.running, ...told };
    this.forward.load(told.weights.map(Number));
    this.losses.add(told.epochs);
    const { training, heldOut } = this.losses.latest;
    const held = heldOut === null ? "" : ` in training, ${formatNumber(heldOut)} held out`;
    this.standing = `Epoch ${told.epoch}, step ${told.step}. After epoch ${told.epoch}: loss ${formatNumber(training)}${held}`;
    byId("net-standing").textContent = this.standing;
    if (told.stopped) {
      this.#setTraining(false);
      this.tell(`The training has ended: ${told.stopped}. The weights are the best ones.`);
    }
    this.paintSoon();
  }

  // Training

  #setTraining(isTraining) {
    this.isTraining = isTraining;
    byId("net-train").textContent = isTraining ? "Pause" : "Train";
    byId("networks").classList.toggle("training", isTraining);
  }

  async train() {
    const number = this.#begun;
    const run = (this.#runs += 1);
    const isOver = () => number !== this.#begun || run !== this.#runs; // another one goes on
    this.#setTraining(true);
    this.tell("");
    this.drawing.mark({});
    this.panel.hide();
    while (this.isTraining) {
      const told = await this.ask("network_training.advance", { milliseconds: SLICE });
      if (isOver()) {
        return;
      }
      if (told.error) {
        this.tell(told.error);
        return;
      }
      this.take(told);
      this.#sayNowAndThen();
    }
    await this.settle();
  }

  pause() {
    this.#setTraining(false);
  }

  async advance(given) {
    this.#setTraining(false);
    const number = this.#begun;
    const told = await this.ask("network_training.advance", given);
    if (number !== this.#begun) {
      return;
    }
    if (told.error) {
      this.tell(told.error);
      return;
    }
    this.take(told);
    await this.settle();
  }

  // Shows all of a training that has come to rest.
  async settle() {
    this.#drawn = { curve: 0, all: 0, said: 0 };
    this.paintSoon();
    this.say(this.standing);
    await this.inspect();
    this.panel.show();
    this.taking.showProgram();
  }

  #sayNowAndThen() {
    if (performance.now() - this.#drawn.said > SAID_REST) {
      this.#drawn.said = performance.now();
      this.say(this.standing);
    }
  }

  // Returns what the neurons do with all examples, and marks those that let no gradient through.
  async inspect() {
    const number = this.#begun;
    const told = await this.ask("network_looking.look_at_neurons");
    if (!told.error && number === this.#begun && !this.isTraining) {
      const states = told.layers.flatMap((layer, k) => layer.map(({ state }, i) => [`${k}-${i}`, state]));
      this.drawing.mark(Object.fromEntries(states));
    }
    return told;
  }

  // Marks a weight's line; null for none.
  choose(parameter) {
    this.drawing.chosen = parameter;
    this.paintSoon();
  }

  // Drawing

  // Shows other ranges of the columns.
  #reframe(prediction) {
    if (this.running) {
      this.running.prediction = prediction;
      this.drawing.columns = prediction.columns;
      this.plane.begin(this.running, this.forward);
      this.redraw();
    }
  }

  redraw() {
    if (this.running) {
      this.drawing.draw();
      this.plane.draw();
      this.#drawn = { curve: 0, all: 0, said: this.#drawn.said };
      this.paint();
    }
  }

  paint() {
    if (!this.running) {
      return;
    }
    const now = performance.now();
    if (this.isTraining && this.calm.matches && now - this.#drawn.all < CALM_REST) {
      return;
    }
    this.#drawn.all = now;
    const isDue = !this.isTraining || now - this.#drawn.curve > CURVE_REST;
    this.drawing.paint(this.forward.weights, this.colours);
    this.plane.paint(this.colours, this.isTraining, isDue);
    if (isDue) {
      this.#drawn.curve = now;
      this.losses.draw();
    }
  }

  tell(words) {
    byId("net-told").textContent = words;
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
