// The menu of a page, a dialog: what is done more rarely, and the keys.

import { byId, whenPressed } from "./markup.js";
import { ownsKey } from "./player.js";

/** Open the menu by its button and by "?"; `acts` are its buttons by id, and `keys` more keys by letter. */
export function offerMenu(acts, keys) {
  const menu = byId("menu");
  whenPressed("open-menu", () => menu.showModal());
  whenPressed("close-menu", () => menu.close());
  for (const [id, act] of Object.entries(acts)) {
    whenPressed(id, () => {
      menu.close();
      act();
    });
  }
  document.addEventListener("keydown", (event) => {
    const act = { "?": () => menu.showModal(), ...keys }[event.key.toLowerCase()];
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.repeat);
    if (act && isPlain && !menu.open && !ownsKey(event.target, event.key)) {
      event.preventDefault();
      act();
    }
  });
}
