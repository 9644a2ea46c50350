// What a notebook runs to show a page: its frame, and the wire from there to Python's widget.
//
// A frame, since a page's ids, styles, keys and sizes are its own, and its policy lets it do no more
// than as a file. page/web/host.js is the other end of the wire. What a page tells goes on with the
// page's number, so that Python knows whether it is that of the graph of now.

const CALL = "micrograd_nn";
const PATIENCE = 10_000; // milliseconds until a page that is there has answered
const MUTE = "This page doesn't answer, so cells can't drive it: does the notebook let its script run?";

export default {
  render({ model, el }) {
    let [port, shown, isTelling, waiting] = [null, null, false, 0];
    const shared = model.get("_shared"); // the names of the traits that both may change

    const complain = (words) => {
      el.querySelector("[role=alert]")?.remove();
      if (words) {
        const told = document.createElement("p");
        told.setAttribute("role", "alert");
        told.textContent = words;
        el.append(told);
      }
    };
    const ask = () => {
      const isOf = model.get("_page").number === shown; // or the state is another page's
      if (!isTelling && isOf) { // or it is what the page has just told
        port?.postMessage(Object.fromEntries(shared.map((name) => [name, model.get(name)])));
      }
    };
    const hear = ({ data: { state = {}, error } }) => {
      clearTimeout(waiting); // whatever it said
      if (error) {
        complain(`The page failed: ${error}`);
      }
      const news = Object.keys(state).filter((name) => JSON.stringify(state[name]) !== JSON.stringify(model.get(name)));
      isTelling = true;
      news.forEach((name) => model.set(name, state[name]));
      isTelling = false;
      if (news.length) {
        const [, last] = model.get("_told_by");
        model.set("_told_by", [shown, Math.max(Date.now(), last + 1)]); // another one each time, or it isn't sent
        model.save_changes();
      }
    };
    const show = () => {
      port?.close();
      port = null;
      clearTimeout(waiting);
      const scheme = el.querySelector("iframe")?.style.colorScheme ?? "";
      const { number, html } = model.get("_page");
      shown = number;
      el.innerHTML = html;
      const frame = el.querySelector("iframe");
      frame.style.colorScheme = scheme;
      frame.addEventListener("load", () => { // again, when a notebook moves it
        const channel = new MessageChannel();
        port?.close();
        port = channel.port1;
        port.onmessage = hear;
        clearTimeout(waiting);
        complain("");
        waiting = setTimeout(() => complain(MUTE), PATIENCE);
        frame.contentWindow.postMessage(CALL, "*", [channel.port2]);
        ask();
      });
    };

    model.on("change:_page", show);
    shared.forEach((name) => model.on(`change:${name}`, ask));
    show();
    const stop = followColors(el);
    return () => {
      stop();
      clearTimeout(waiting);
      port?.close();
      model.off("change:_page", show);
      shared.forEach((name) => model.off(`change:${name}`, ask));
    };
  },
};

/** Let an element's frame be light or dark as the notebook around it is; return how to stop that. */
function followColors(el) {
  const follow = () => {
    const isDark = isLight(getComputedStyle(el).color); // of texts
    el.querySelector("iframe").style.colorScheme = isDark ? "dark" : "light";
  };
  // A notebook says in an attribute which colors it has, or lets them change, or hides all meanwhile.
  const attributes = new MutationObserver(follow);
  [document.documentElement, document.body].forEach((node) => attributes.observe(node, { attributes: true }));
  const size = new ResizeObserver(follow);
  size.observe(el);
  el.style.transition = "color 1ms"; // so that a change of the color is an event
  el.addEventListener("transitionend", follow);
  return () => {
    attributes.disconnect();
    size.disconnect();
  };
}

/** Tell whether a color, however it is spelled, is nearer to white than to black. */
function isLight(color) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 127;
}
