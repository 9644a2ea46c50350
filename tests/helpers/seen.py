"""What is seen of a lesson, measured in its page: letters, boxes, what is cut off."""

from graph_page import press

from micrograd_nn import Value

PROJECTOR = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
SIZES = [(390, 844), (844, 390), (768, 1024), (1280, 720), (1440, 900)]


def make_neuron():
    """Return README's neuron."""
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.88, "b")
    output = (w1 * x1 + w2 * x2 + b).tanh()
    output.label = "output"
    return output


# What of the picture is drawn and in sight: letters in pixels, and boxes of the step cut off.
LOOK = """() => {
  const frame = document.querySelector("#graph").getBoundingClientRect();
  const lower = Math.min(frame.bottom, innerHeight);
  const meets = (box) => box.width > 0 && box.right > frame.left && box.left < frame.right
    && box.bottom > frame.top && box.top < lower;
  const isCut = (box) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > lower + 1;
  const scale = document.querySelector(".graph").getCTM().a;
  const items = [...document.querySelectorAll(".view .node, .view .edge")];
  const place = (one) => one.getBoundingClientRect();
  const texts = [...document.querySelectorAll(".view text")]
    .filter((one) => one.textContent && meets(place(one)));
  const [, , head] = document.querySelector(".edge.current")?.id.split("-") ?? [];
  const user = head ? `box-${head}` : document.querySelector(".node.current")?.id;
  const operands = [...document.querySelectorAll(".view .edge")].map((one) => one.id.split("-"))
    .filter(([, , to]) => `box-${to}` === user).map(([, from]) => `#box-${from} .body`);
  return {
    scale: scale.toFixed(2),
    letters: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize) * scale)),
    current: document.querySelectorAll(".view .node.current").length,
    cut: [...document.querySelectorAll(".view .node.current .body, .edge.current text")]
      .filter((one) => isCut(place(one)) && (one.textContent || one.matches("rect"))).length,
    operandsCut: operands.filter((one) => isCut(place(document.querySelector(one)))),
    drawn: items.filter((one) => one.style.display !== "none" && meets(place(one)))
      .map((one) => one.id + one.getAttribute("class")
        + [...one.querySelectorAll("text:not(.afar)")].map((text) => text.textContent)).join(),
    below: Math.max(0, ...[...document.querySelectorAll("#formula > *")]
      .map((one) => place(one).bottom)) - innerHeight,
  };
}"""


def look_at_steps(page):
    """Return what is seen at each stop, from the beginning."""
    press(page, "First")
    seen = [page.evaluate(LOOK)]
    for _ in range(int(page.locator("#slider").get_attribute("max"))):
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate(LOOK))
    return seen
