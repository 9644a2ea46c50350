// What a notebook runs to show a lesson: its page in a frame, and the wire from there to Python's widget.
//
// A frame, since a page's ids, styles, keys and sizes are its own, and its policy lets it do no more
// than as a file. page/web/host.js is the other end of the wire.

const CALL = "micrograd_nn";
const SHARED = ["step", "inputs", "broken", "paths_from"]; // traits that both may change

export default {
  render({ model, el }) {
    let [port, isTelling] = [null, false];

    const ask = () => {
      if (!isTelling) { // or it is what the page has just told
        port?.postMessage(Object.fromEntries(SHARED.map((name) => [name, model.get(name)])));
      }
    };
    const hear = ({ data }) => {
      const news = SHARED.filter((name) => JSON.stringify(data[name]) !== JSON.stringify(model.get(name)));
      isTelling = true;
      news.forEach((name) => model.set(name, data[name]));
      isTelling = false;
      if (news.length) {
        model.save_changes();
      }
    };
    const show = () => {
      port?.close();
      port = null;
      const scheme = el.querySelector("iframe")?.style.colorScheme ?? "";
      el.innerHTML = model.get("_frame");
      const frame = el.querySelector("iframe");
      frame.style.colorScheme = scheme;
      frame.addEventListener("load", () => { // again, when a notebook moves it
        const channel = new MessageChannel();
        port?.close();
        port = channel.port1;
        port.onmessage = hear;
        frame.contentWindow.postMessage(CALL, "*", [channel.port2]);
        ask();
      });
    };

    model.on("change:_frame", show);
    SHARED.forEach((name) => model.on(`change:${name}`, ask));
    show();
    const stop = followColors(el);
    return () => {
      stop();
      port?.close();
      model.off("change:_frame", show);
      SHARED.forEach((name) => model.off(`change:${name}`, ask));
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
