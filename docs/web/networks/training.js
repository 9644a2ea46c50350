// The training in the playground for networks: it goes on in slices of time, pauses, and takes single steps.

import { byId, whenPressed } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";

const SLICE = 12; // milliseconds that Python trains at a time
const SAID_REST = 5000; // … between what a reader of screens hears while it trains

export class Training {
  isOn = false;
  #runs = 0; // how many times Train was pressed
  #said = 0; // when a reader of screens heard of it last

  // `owner` is the playground.
  constructor(owner) {
    this.owner = owner;
    whenPressed("net-train", () => (this.isOn ? this.stop() : this.run()));
    whenPressed("net-step", () => this.advance({ steps: 1 }));
    whenPressed("net-epoch", () => this.advance({ epochs: 1 }));
  }

  // Lets it stand where it is.
  stop() {
    this.#set(false);
  }

  #set(isOn) {
    this.isOn = isOn;
    byId("net-train").textContent = isOn ? "Pause" : "Train";
    byId("networks").classList.toggle("training", isOn);
  }

  async run() {
    const { owner } = this;
    const run = (this.#runs += 1);
    this.#set(true);
    owner.tell("");
    owner.drawing.mark({});
    owner.panel.hide();
    while (this.isOn) {
      const isGood = await this.#ask({ milliseconds: SLICE }, () => run === this.#runs);
      if (!isGood) {
        return;
      }
      if (performance.now() - this.#said > SAID_REST) {
        this.#said = performance.now();
        owner.say(this.standing);
      }
    }
    await this.#settle();
  }

  async advance(given) {
    this.#set(false);
    if (await this.#ask(given)) {
      await this.#settle();
    }
  }

  // Trains as far as is given; tells whether that came of the training that is there still.
  async #ask(given, goesOn = () => true) {
    const { owner } = this;
    const isSame = owner.watch();
    const told = await owner.ask("network_training.advance", given);
    if (!isSame() || !goesOn()) {
      return false; // another one goes on
    }
    if (told.error) {
      owner.tell(told.error);
      return false;
    }
    this.take(told);
    return true;
  }

  // Takes over where the training stands by now.
  take(told) {
    const { owner } = this;
    Object.assign(owner.running, told);
    owner.forward.load(told.weights.map(Number));
    owner.losses.add(told.epochs);
    const { training, heldOut } = owner.losses.latest;
    const held = heldOut === null ? "" : ` in training, ${formatNumber(heldOut)} held out`;
    this.standing = `Epoch ${told.epoch}, step ${told.step}. After epoch ${told.epoch}: loss ${formatNumber(training)}${held}`;
    byId("net-standing").textContent = this.standing;
    if (told.stopped) {
      this.stop();
      owner.tell(`The training has ended: ${told.stopped}. The weights are the best ones.`);
    }
    owner.painting.paintSoon();
  }

  // Shows all of a training that has come to rest.
  async #settle() {
    const { owner } = this;
    const isSame = owner.watch();
    this.#said = 0;
    owner.painting.hurry();
    owner.say(this.standing);
    await owner.inspect();
    if (isSame()) {
      owner.panel.show();
      owner.taking.showProgram();
    }
  }
}
