// What is asked for often and done once: before the next frame, at rest, or when a width is another.

const SETTLED = 350; // milliseconds after which a move has come to an end

/** Return a function that lets something be done before the next frame, once for all calls till then. */
export function beforeNextFrame(act) {
  let isWaiting = false;
  return () => {
    if (!isWaiting) {
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        act();
      });
    }
  };
}

/** Return a function that lets something be done a while after its last call, unless it is cancelled. */
export function afterRest(act, milliseconds = SETTLED) {
  let timer = 0;
  const wait = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds, ...given);
  };
  wait.cancel = () => clearTimeout(timer);
  return wait;
}

/** Let something be done when the page has another width; `rest()` where a phone's bars came or went. */
export function whenWidened(act, rest = () => {}) {
  let { clientWidth } = document.documentElement;
  window.addEventListener("resize", () => {
    const isOther = clientWidth !== document.documentElement.clientWidth;
    ({ clientWidth } = document.documentElement);
    (isOther ? act : rest)();
  });
}
