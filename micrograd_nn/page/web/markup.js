// Elements found and made by scripts: HTML and MathML, whose texts are never read as markup.

const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Return the page's element with an id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Give an element attributes, but those that are null or false, and return it; a drawing's numbers to a hundredth. */
export function setAttributes(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      const isDrawn = typeof value === "number" && element instanceof SVGElement;
      element.setAttribute(key, isDrawn ? Math.round(value * 100) / 100 : value === true ? "" : value);
    }
  }
  return element;
}

/** Return an HTML element with attributes and children; texts stay texts. */
export function html(name, attributes = {}, ...children) {
  const element = setAttributes(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

/** Return a button that does something, with further attributes. */
export function makeButton(content, act, attributes = {}) {
  const button = html("button", { type: "button", ...attributes }, content);
  button.addEventListener("click", act);
  return button;
}

/** Let the page's element with an id do something when it is pressed. */
export function whenPressed(id, act) {
  byId(id).addEventListener("click", act);
}

/** Let the tab key reach an element that is too wide, as on a phone, for keys to scroll it. */
export function letScroll(element) {
  if (element.scrollWidth > element.clientWidth) {
    element.tabIndex = 0;
  } else {
    element.removeAttribute("tabindex");
  }
}

/** Fold the notes at the head of a page after their first line; without a script all of them are shown. */
export function foldNotes() {
  document.querySelector(".notes").open = false;
}

/** Tell whether somebody wants less motion than there is. */
export function wantsCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Return a MathML element with children. */
export function mathml(name, ...children) {
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return element;
}

/** Return a formula of these parts. */
export function formula(...parts) {
  return setAttributes(mathml("math", mathml("mrow", ...parts)), { displaystyle: "true" }); // fractions of full size
}

/** Return a sign such as = or +. */
export function sign(text) {
  return makeTight(mathml("mo", text));
}

/** Let a sign that is a parenthesis be no wider than it needs to be, but around a fraction. */
function makeTight(operator) {
  if (/^[()]$/.test(operator.textContent)) {
    const tall = operator.parentElement?.querySelector("mfrac, msqrt") ?? null;
    setAttributes(operator, { lspace: "0", rspace: "0", stretchy: String(tall !== null) });
  }
  return operator;
}

/** Return a name as mathematics writes it: x1 as x with an index, anything else as it is. */
export function writeName(text) {
  const letter = /^(\p{L})(\d*)$/u.exec(text);
  if (!letter) {
    return mathml("mtext", text);
  }
  return letter[2] ? mathml("msub", mathml("mi", letter[1]), mathml("mn", letter[2])) : mathml("mi", text);
}

/** Return a number as mathematics writes it, given as a text such as −1.5e−05. */
export function writeNumber(text) {
  const [digits, power] = text.split("e");
  if (power === undefined) {
    return mathml("mn", text);
  }
  const exponent = String(Number(power.replace("−", "-"))).replace("-", "−");
  const ten = mathml("msup", mathml("mn", "10"), mathml("mn", exponent));
  return mathml("mrow", mathml("mn", digits), sign("·"), ten);
}

/** Return a number in parentheses if it is negative. */
export function writeFactor(text) {
  return text.startsWith("−") || text.includes("e")
    ? mathml("mrow", sign("("), writeNumber(text), sign(")"))
    : writeNumber(text);
}

/** Tell whether a name is one word, maybe with an index, which needs no parentheses in a formula. */
export function isWord(name) {
  return /^[\p{L}\p{M}\p{N}_.]+(\[[\p{N}, ]+\])*$/u.test(name);
}

/** Return ∂of/∂by. */
export function writeDerivative(of, by) {
  const part = (name) => mathml("mrow", mathml("mo", "∂"), writeName(isWord(name) ? name : `(${name})`));
  return mathml("mfrac", part(of), part(by));
}

/**
 * Return a copy of a formula with places, filled by a function of the place's number.
 *
 * It returns the element, whether that needs the parentheses that a negative number would have
 * there (`isSigned`), and whether it needs some wherever it is one of several parts (`isLoose`).
 */
export function fillPlaces(template, fill) {
  const copy = template.firstElementChild.cloneNode(true);
  const whole = mathml("mrow", copy);
  whole.querySelectorAll("mo").forEach(makeTight);
  for (const place of whole.querySelectorAll("[data-place]")) {
    const { element, isSigned, isLoose } = fill(Number(place.getAttribute("data-place")));
    const [before, after] = [place.previousElementSibling, place.nextElementSibling];
    if (!isSigned && before?.getAttribute("class") === "sign") {
      before.remove();
      after.remove();
    }
    const isBare = isLoose && !standsAlone(place);
    place.replaceWith(isBare ? mathml("mrow", sign("("), element, sign(")")) : element);
  }
  return whole;
}

/** Tell whether a part of a formula has nothing beside it but parentheses and the like. */
function standsAlone(part) {
  let at = part;
  while (at.parentElement?.localName === "mrow" && at.parentElement.childElementCount === 1) {
    at = at.parentElement;
  }
  const kind = at.parentElement?.localName;
  if (kind !== undefined && kind !== "mrow") { // a fraction, a root or a power
    return !(kind === "msup" && at.previousElementSibling === null);
  }
  const beside = [at.previousElementSibling, at.nextElementSibling].filter((one) => one !== null);
  return beside.every((one) => /^[()[\]{}|⌊⌋⌈⌉,=]$/.test(one.textContent));
}
