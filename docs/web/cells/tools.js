// The row between a cell's text and its output: the buttons, and words on how the cell stands.

export const DONE = "Done.";

const OUTDATED = "Out of date: the code has changed. Run it again.";

export class Tools {
  #run;
  #stop;
  #reset;
  #status; // what is said once, to screen readers too
  #progress;
  #outdated;

  // `does` has the functions run, stop, edit and reset.
  constructor(number, does) {
    const name = `cell ${number}`;
    this.#run = makeButton("Run", name, does.run);
    this.#stop = makeButton("Stop", name, does.stop);
    this.#reset = makeButton("Reset", name, () => {
      does.reset();
      this.#run.focus();
    });
    this.#status = make("span", "cell-status");
    this.#status.setAttribute("role", "status");
    this.#progress = make("span", "cell-progress");
    this.#progress.innerHTML = '<progress aria-label="Loading Python"></progress> <span></span>';
    this.#outdated = make("span", "cell-outdated");
    this.#outdated.textContent = OUTDATED;
    this.element = make("div", "cell-tools");
    const edit = makeButton("Edit", name, does.edit);
    const words = [this.#status, this.#progress, this.#outdated];
    this.element.append(this.#run, this.#stop, edit, this.#reset, ...words);
    this.#stop.hidden = this.#reset.hidden = true;
    this.#progress.hidden = this.#outdated.hidden = true;
  }

  markRunning(running) {
    if (!running && document.activeElement === this.#stop) {
      this.#run.focus();
    }
    this.#run.setAttribute("aria-disabled", String(running));
    this.#stop.hidden = !running;
  }

  offerReset(offered) {
    this.#reset.hidden = !offered;
  }

  markOutdated(outdated) {
    this.#outdated.hidden = !outdated;
    this.#status.hidden = outdated && this.#status.textContent === DONE;
  }

  tell(text) {
    this.#progress.hidden = true;
    this.#status.hidden = false;
    this.#status.textContent = text;
  }

  tellProgress(share, text) {
    const [bar, words] = this.#progress.children;
    bar.value = share;
    words.textContent = text;
    this.#progress.hidden = false;
  }
}

function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function makeButton(word, name, click) {
  const button = make("button", `cell-${word.toLowerCase()}`);
  button.type = "button";
  button.textContent = word;
  button.setAttribute("aria-label", `${word} ${name}`);
  button.addEventListener("click", click);
  return button;
}
