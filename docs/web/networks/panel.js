// What was clicked in the playground for networks: told while the training is paused, and again after a step.

import { byId } from "../../../micrograd_nn/page/web/markup.js";
import { nameNeuron } from "./drawing.js";
import { tellExample, tellNeuron, tellWeight } from "./look.js";

export class Panel {
  #looked = null; // "weight", "neuron" or "example", and which

  // `owner` is the playground.
  constructor(owner) {
    this.owner = owner;
  }

  // Forgets what was clicked.
  close() {
    this.#looked = null;
    this.hide();
  }

  hide() {
    byId("net-look").hidden = true;
  }

  look(...looked) {
    this.#looked = looked;
    if (this.owner.training.isOn) {
      this.owner.tell("Pause first: what is explained is the step to come.");
    } else {
      this.show(true);
    }
  }

  // Tells of what was clicked; `isNew` just now, or else before a step.
  async show(isNew = false) {
    const looked = this.#looked;
    if (!looked || this.owner.training.isOn) {
      this.hide();
      return;
    }
    const [kind, ...which] = looked;
    const { owner } = this;
    owner.choose(kind === "weight" ? which[0] : null);
    if (kind === "example" && !isNew) {
      this.hide(); // its page has the weights of before
      return;
    }
    const told = await this.#find(kind, ...which);
    if (looked !== this.#looked || owner.training.isOn) {
      return; // something else was clicked since
    }
    if (told.error) {
      owner.tell(told.error);
      return;
    }
    const title = byId("net-look-title");
    title.textContent = told.title.charAt(0).toUpperCase() + told.title.slice(1);
    byId("net-look-body").replaceChildren(...told.parts);
    byId("net-look").hidden = false;
    if (isNew) {
      title.focus();
    }
  }

  async #find(kind, ...which) {
    const { owner } = this;
    if (kind === "neuron") {
      const [layer, i] = which;
      const { layers, prediction } = owner.running;
      const told = await owner.inspect();
      const parts = told.error ?? tellNeuron({
        layer, i, layers, told, forward: owner.forward, columns: prediction.columns, names: owner.drawing.names,
        colours: owner.painting.colours, choose: (parameter) => this.look("weight", parameter),
      });
      return { error: told.error, title: nameNeuron(layers, layer, i), parts };
    }
    if (kind === "weight") {
      const told = await owner.ask("network_looking.look_at_weight", { parameter: which[0] });
      return told.error ? told : { title: owner.drawing.names[which[0]], parts: tellWeight(told, (row) => this.look("example", row)) };
    }
    const told = await owner.ask("network_looking.look_at_example", { example: which[0] });
    return told.error ? told : { title: told.title, parts: tellExample(told) };
  }
}
