// What one takes along from the playground for networks: a link, the program, the model's file.

import { offerLink } from "../../../micrograd_nn/page/web/copylink.js";
import { byId, whenPressed } from "../../../micrograd_nn/page/web/markup.js";
import { writeLink } from "./form.js";

const SAVED = 1000; // milliseconds after which a file has been taken over

// `owner` is the playground.
export class Taking {
  constructor(owner) {
    this.owner = owner;
    const [button, field, told] = ["net-link", "net-address", "net-link-told"].map(byId);
    offerLink({ button, field, told }, () => (owner.settings ? writeLink(owner.settings) : location.href));
    whenPressed("net-save", () => this.save());
    whenPressed("net-copy", () => this.copy(byId("net-code").textContent, "The program is copied."));
    byId("net-program").addEventListener("toggle", () => this.showProgram());
  }

  // Shows the program of now where it is unfolded; folded, none is left that would be out of date.
  async showProgram() {
    const { owner } = this;
    if (!byId("net-program").open) {
      byId("net-code").textContent = "";
    } else if (owner.running && !owner.training.isOn) {
      const { settings } = owner;
      const { code, error } = await owner.ask("network_training.write_code");
      if (settings === owner.settings) { // or else another training has begun
        byId("net-code").textContent = error ?? code;
      }
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

  async copy(text, words) {
    try {
      await navigator.clipboard.writeText(text);
      this.owner.tell(words);
    } catch {
      this.owner.tell(`The browser doesn't let a page copy; it is: ${text}`);
    }
  }
}
