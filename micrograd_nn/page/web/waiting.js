// What is asked for often and done once: before the next frame, or when the asking has come to rest.

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
