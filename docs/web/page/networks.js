// The playground for networks: Python trains in its worker, and the page shows where it stands.
//
// The page asks Python for a slice of time after the other; it draws before each frame, with whatever
// weights came last.

import { byId } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { afterRest, beforeNextFrame } from "../../../micrograd_nn/page/web/waiting.js";
import { NetDrawing, nameNeuron } from "./netdrawing.js";
import { Forward } from "./forward.js";
import { Losses } from "./losses.js";
import { NetForm, readHash, writeHash } from "./netform.js";
import { tellExample, tellNeuron, tellWeight } from "./netlook.js";
import { Plane } from "./netplane.js";
import { Python } from "./python.js";

const SLICE = 12; // milliseconds that Python trains at a time
const CURVE_REST = 150; // milliseconds between two drawings of the losses, and of which examples are wrong
const CALM_REST = 700; // … of everything, where motion is reduced
const SAID_REST = 5000; // … between what a reader of screens hears while it trains
const MEGABYTE = 2 ** 20;
const POINT = "Point at a line to read its weight; click it, or a neuron, to have it explained.";

export class Networks {
  #python = new Python();
  #queue = Promise.resolve(); // Python answers one question at a time
  #isTraining = false;
  #looked = null; // what was clicked, to be told anew after a step
  #drawn = { curve: 0, all: 0, said: 0 };
  #begun = 0; // how many trainings

  constructor() {
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.form = new NetForm(() => this.begin());
    this.losses = new Losses(byId("net-losses"));
    this.drawing = new NetDrawing(byId("net-drawing"), byId("net-heads"), {
      weight: (parameter) => this.look("weight", parameter),
      neuron: (layer, i) => this.look("neuron", layer, i),
      hover: (words) => (byId("net-hover").textContent = words || POINT),
      resize: (layer, by) => this.form.resize(layer, by) ? this.begin() : this.tell("At most 4 layers of 8 neurons."),
    });
    this.plane = new Plane(this.form, {
      example: (place) => this.look("example", place),
      drawn: () => this.begin(),
      tell: (words) => this.tell(words),
      say: (words) => this.say(words),
    });
    this.paintSoon = beforeNextFrame(() => this.paint());
    this.#listen();
    byId("net-hover").textContent = POINT;
    this.open(readHash(location.hash));
  }

  #listen() {
    const act = (id, click) => byId(id).addEventListener("click", click);
    act("net-train", () => (this.#isTraining ? this.pause() : this.train()));
    act("net-step", () => this.advance({ steps: 1 }));
    act("net-epoch", () => this.advance({ epochs: 1 }));
    act("net-reset", () => this.begin());
    act("net-new", () => {
      this.form.set("dataseed", String((Number(this.form.read().dataseed) + 1) % 1_000_000));
      this.begin();
    });
    act("net-link", () => this.copyLink());
    act("net-save", () => this.save());
    act("net-copy", () => this.copy(byId("net-code").textContent, "The program is copied."));
    act("net-example", () => this.look("example", Number(byId("net-number").value) - 1));
    byId("net-program").addEventListener("toggle", () => this.showProgram());
    addEventListener("hashchange", () => {
      const settings = readHash(location.hash);
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

  // Python

  async ask(name, given = {}) {
    const answer = this.#queue.then(async () => {
      if (!this.#python.isThere) {
        await this.#python.begin(
          (done, all) => this.tell(`Python comes: ${(done / MEGABYTE).toFixed(1)} of ${(all / MEGABYTE).toFixed(1)} MB.`),
          () => this.tell("Python begins …"),
        );
      }
      return this.#python.call(name, given);
    });
    this.#queue = answer.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      this.#setTraining(false);
      return { error: `Python failed (${error.message}). Reset begins it anew.` };
    }
  }

  // Begins with settings from a link; those that it lacks are the usual ones.
  open(settings) {
    if (settings.data === "own") {
      this.form.learn(settings.table ?? "");
    }
    return this.begin(settings, true);
  }

  // Begins anew, with the settings of the form or those of a link.
  async begin(settings = this.form.read(), isLink = false) {
    const number = (this.#begun += 1);
    this.#setTraining(false);
    this.#offer(false);
    const told = await this.ask("network_training.begin", settings);
    if (number !== this.#begun) {
      return; // another one was asked for since
    }
    byId("net-reset").disabled = false;
    if (told.error) {
      await this.#beginNothing(told.error, settings, isLink);
      return;
    }
    this.tell("");
    this.running = told;
    this.form.show(told.settings, told.losses);
    this.settings = told.settings;
    this.forward = new Forward(told.layers);
    this.forward.load(told.weights.map(Number));
    this.losses.begin();
    this.drawing.begin(told, this.forward);
    this.plane.begin(told, this.forward);
    byId("net-number").max = Object.values(told.prediction.points).flat().length;
    const hash = writeHash(told.settings);
    if (hash !== null) {
      history.replaceState(null, "", `#${hash}`);
    }
    this.#looked = null;
    byId("net-look").hidden = true;
    this.#offer(true);
    this.take(told);
    this.redraw();
    await this.inspect();
    this.showProgram();
  }

  // Tells why there is nothing to train; of a link, with the usual settings to go on from.
  async #beginNothing(words, settings, isLink) {
    const { data, table = "" } = settings;
    this.running = null;
    this.settings = null;
    byId("net-standing").textContent = "";
    byId("net-look").hidden = true;
    byId("net-code").textContent = "";
    this.drawing.clear();
    this.losses.begin();
    this.losses.draw();
    if (isLink && data === "own") {
      const usual = await this.ask("network_training.list_usual", { data, table });
      this.form.show(usual.settings, usual.losses);
    } else if (isLink && Object.keys(settings).length) {
      await this.begin({});
    }
    this.plane.beginEmpty(settings);
    this.tell(words);
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
    const held = heldOut === null ? "" : `, ${formatNumber(heldOut)} held out`;
    this.standing = `Epoch ${told.epoch}, step ${told.step}: loss ${formatNumber(training)}${held}`;
    byId("net-standing").textContent = this.standing;
    if (told.stopped) {
      this.#setTraining(false);
      this.tell(`The training has ended: ${told.stopped}. The weights are the best ones.`);
    }
    this.paintSoon();
  }

  // Training

  #setTraining(isTraining) {
    this.#isTraining = isTraining;
    byId("net-train").textContent = isTraining ? "Pause" : "Train";
    byId("networks").classList.toggle("training", isTraining);
  }

  async train() {
    const number = this.#begun;
    this.#setTraining(true);
    this.tell("");
    this.drawing.mark({});
    this.#showLooked();
    while (this.#isTraining && number === this.#begun) {
      const told = await this.ask("network_training.advance", { milliseconds: SLICE });
      if (number !== this.#begun) {
        return;
      }
      if (told.error) {
        this.#setTraining(false);
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
    this.#showLooked();
    this.showProgram();
  }

  #sayNowAndThen() {
    if (performance.now() - this.#drawn.said > SAID_REST) {
      this.#drawn.said = performance.now();
      this.say(this.standing);
    }
  }

  // Drawing

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
    if (this.#isTraining && this.calm.matches && now - this.#drawn.all < CALM_REST) {
      return;
    }
    this.#drawn.all = now;
    const isDue = !this.#isTraining || now - this.#drawn.curve > CURVE_REST;
    this.drawing.paint(this.forward.weights, this.colours);
    this.plane.paint(this.colours, isDue);
    if (isDue) {
      this.#drawn.curve = now;
      this.losses.draw();
    }
  }

  // Looking

  async inspect() {
    const number = this.#begun;
    const told = await this.ask("network_looking.look_at_neurons");
    if (told.error || number !== this.#begun) {
      return;
    }
    this.inspected = told;
    if (!this.#isTraining) {
      const states = told.layers.flatMap((layer, k) => layer.map(({ state }, i) => [`${k}-${i}`, state]));
      this.drawing.mark(Object.fromEntries(states));
    }
  }

  look(...looked) {
    this.#looked = looked;
    if (this.#isTraining) {
      this.tell("Pause first: what is explained is the step to come.");
      return;
    }
    this.#showLooked(true);
  }

  // Tells of what was clicked; of the same again after a step.
  async #showLooked(isNew = false) {
    if (!this.#looked || this.#isTraining) {
      byId("net-look").hidden = true;
      return;
    }
    const [kind, ...which] = this.#looked;
    const number = this.#begun;
    const { layers, prediction } = this.running;
    const title = byId("net-look-title");
    const show = (name, parts) => {
      if (number !== this.#begun || this.#looked?.[0] !== kind) {
        return;
      }
      title.textContent = name;
      byId("net-look-body").replaceChildren(...parts);
      byId("net-look").hidden = false;
      if (isNew) {
        title.focus();
      }
    };
    this.drawing.chosen = kind === "weight" ? which[0] : null;
    this.paintSoon();
    if (kind === "neuron") {
      const [layer, i] = which;
      show(capitalise(nameNeuron(layers, layer, i)), tellNeuron({
        layer, i, layers, forward: this.forward, columns: prediction.columns, names: this.drawing.names,
        told: this.inspected, colours: this.colours, choose: (parameter) => this.look("weight", parameter),
      }));
      return;
    }
    if (kind === "example" && !isNew) {
      byId("net-look").hidden = true; // its page has the weights of before
      return;
    }
    const told = await this.ask(`network_looking.look_at_${kind}`, { [kind === "weight" ? "parameter" : "example"]: which[0] });
    if (told.error) {
      this.tell(told.error);
    } else if (kind === "weight") {
      show(capitalise(this.drawing.names[which[0]]), tellWeight(told));
    } else {
      show(told.title, tellExample(told));
    }
  }

  // Taking along

  async showProgram() {
    if (byId("net-program").open && this.running && !this.#isTraining) {
      const { code, error } = await this.ask("network_training.write_code");
      byId("net-code").textContent = error ?? code;
    }
  }

  async save() {
    const { json, error } = await this.ask("network_training.save");
    if (error) {
      this.tell(error);
      return;
    }
    const address = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: "model.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    this.tell("model.json has the weights of now: load_model takes it.");
  }

  copyLink() {
    if (!this.settings) {
      this.tell("There is nothing yet that a link could have.");
      return;
    }
    const hash = writeHash(this.settings);
    if (hash === null) {
      this.tell("The table is too long for a link: send the table itself.");
      return;
    }
    this.copy(`${location.href.replace(/#.*/s, "")}#${hash}`, "The link is copied: it has all settings.");
  }

  async copy(text, words) {
    try {
      await navigator.clipboard.writeText(text);
      this.tell(words);
    } catch {
      this.tell(`The browser doesn't let a page copy; it is: ${text}`);
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

function capitalise(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Returns the colours of the scheme that is on, as numbers.
function readColours(place) {
  const style = getComputedStyle(place);
  const read = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return {
    classes: Array.from({ length: 6 }, (_, i) => read(`--class-${i}`)),
    positive: read("--positive"),
    negative: read("--negative"),
  };
}
