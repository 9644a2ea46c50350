// Lets the site be read without a network after a visit, and says when there is a newer one.

import { html, makeButton } from "../../../micrograd_nn/page/web/markup.js";

const REST = 2000; // milliseconds, before what isn't read yet is fetched

// Begins once the page is there, unless its reader saves data, or builds the site on this machine.
export function keepForOffline() {
  const isAtHome = location.hostname === "localhost";
  if (!("serviceWorker" in navigator) || navigator.connection?.saveData || isAtHome) {
    return;
  }
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  setTimeout(async () => {
    const registration = await navigator.serviceWorker.register(new URL("serviceworker.js", root)).catch(() => null);
    if (registration) {
      watch(registration);
    }
  }, REST);
}

function watch(registration) {
  const offer = () => registration.waiting && navigator.serviceWorker.controller && tellNewer(registration.waiting);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
}

function tellNewer(waiting) {
  if (document.querySelector(".newer")) {
    return;
  }
  const load = makeButton("Load it", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("newer");
  });
  document.querySelector("article").prepend(html("p", { class: "newer", role: "status" }, "There is a newer version of this site. ", load));
}
