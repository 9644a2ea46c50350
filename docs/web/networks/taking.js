// What one takes along from the playground for networks: a link, the program, the model's file.

import { byId } from "../../../micrograd_nn/page/web/markup.js";
import { writeHash } from "./form.js";

const SAVED = 1000; // milliseconds after which a file has been taken over

// `owner` is the playground.
export class Taking {
  constructor(owner) {
    this.owner = owner;
    const act = (id, click) => byId(id).addEventListener("click", click);
    act("net-link", () => this.copyLink());
    act("net-save", () => this.save());
    act("net-copy", () => this.copy(byId("net-code").textContent, "The program is copied."));
    byId("net-program").addEventListener("toggle", () => this.showProgram());
  }

  // Shows the program of now where it is unfolded; folded, none is left that would be out of date.
  async showProgram() {
    const { owner } = this;
    if (!byId("net-program").open) {
      byId("net-code").textContent = "";
    } else if (owner.running && !owner.isTraining) {
      const { code, error } = await owner.ask("network_training.write_code");
      byId("net-code").textContent = error ?? code;
    }
  }

  async save() {
    const { json, error } = await this.owner.ask("network_training.save");
    if (error) {
      this.owner.tell(error);
      return;
    }
    const address = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    Object.assign(document.createElement("a"), { href: address, download: "model.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), SAVED);
    this.owner.tell("model.json has the weights of now: load_model takes it.");
  }

  copyLink() {
    const { settings } = this.owner;
    const hash = settings && writeHash(settings);
    if (!settings) {
      this.owner.tell("There is nothing yet that a link could have.");
    } else if (hash === null) {
      this.owner.tell("The table is too long for a link: send the table itself.");
    } else {
      this.copy(`${location.href.replace(/#.*/s, "")}#${hash}`, "The link is copied: it has all settings.");
    }
  }

  async copy(text, words) {
    try {
      await navigator.clipboard.writeText(text);
      this.owner.tell(words);
    } catch {
      this.owner.tell(`The browser doesn't let a page copy; it is: ${text}`);
    }
  }
}
