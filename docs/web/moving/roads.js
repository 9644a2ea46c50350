// Two roads from x to f = (x + 1) · 2x, with the local derivative of each edge at any x.

import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { svg } from "../../../micrograd_nn/page/web/plot.js";

const TALL = 204;
const WIDEST = 560;
const BOX = { wide: 58, tall: 52 };
const HEAD = 10; // of an arrow, in pixels

export const roads = {
  title: "Two roads lead from x to f, via a = x + 1 and via c = 2x",
  sliders: { x: { low: -4, high: 4, step: 0.5, value: 3 } },
  paint({ x }, width) {
    const [a, c] = [x + 1, 2 * x];
    const [byA, byC] = [1 * c, 2 * a]; // along each road, the product of its two edges
    const sum = `${formatNumber(byA)} ${byC < 0 ? "−" : "+"} ${formatNumber(Math.abs(byC))} = ${formatNumber(byA + byC)}`;
    const right = Math.min(width, WIDEST);
    const places = { x: [30, 102], a: [right * 0.42, 28], c: [right * 0.42, 176], f: [right * 0.79, 102] };
    const products = [
      ["a", `${formatNumber(1)} · ${formatNumber(c)} = ${formatNumber(byA)}`, 24],
      ["c", `${formatNumber(2)} · ${formatNumber(a)} = ${formatNumber(byC)}`, 190],
    ];
    return {
      tall: TALL,
      parts: [
        ...drawRoad(places, "a", [1, c]),
        ...drawRoad(places, "c", [2, a]),
        ...drawBox(places.x, "x", x, ""),
        ...drawBox(places.a, "a", a, "x + 1"),
        ...drawBox(places.c, "c", c, "2 · x"),
        ...drawBox(places.f, "f", a * c, "a · c"),
        ...products.map(([kind, text, y]) => svg("text", { class: `road ${kind}`, x: right - 2, y, "text-anchor": "end" }, text)),
      ],
      told: `Via a: ${products[0][1]}. Via c: ${products[1][1]}. Together: ${sum}.${byA + byC === 0 ? " The roads cancel: here f is flat." : ""}`,
    };
  },
};

// Returns the two edges of a road, each with its local derivative.
function drawRoad(places, kind, partials) {
  const stops = [places.x, places[kind], places.f];
  const side = kind === "a" ? -8 : 8;
  return partials.flatMap((partial, i) => {
    const [x1, y1] = [stops[i][0] + BOX.wide / 2, stops[i][1] + (i === 0 ? side : 0)];
    const [x2, y2] = [stops[i + 1][0] - BOX.wide / 2 - 2, stops[i + 1][1] + (i === 0 ? 0 : side)];
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const tip = [0.4, -0.4].map((turn) => `L${x2 - HEAD * Math.cos(angle + turn)} ${y2 - HEAD * Math.sin(angle + turn)}`);
    return [
      svg("path", { class: `road ${kind}`, d: `M${x1} ${y1}L${x2 - 6 * Math.cos(angle)} ${y2 - 6 * Math.sin(angle)}` }),
      svg("path", { class: `road tip ${kind}`, d: `M${x2} ${y2}${tip.join("")}Z` }),
      svg("text", { class: "times", x: (x1 + x2) / 2, y: (y1 + y2) / 2 + 4 + 2.25 * side, "text-anchor": "middle" }, `×${formatNumber(partial)}`),
    ];
  });
}

function drawBox([x, y], name, value, made) {
  const lines = [["name", name], ["value", formatNumber(value)], ["made", made]].filter(([, text]) => text);
  return [
    svg("rect", { class: "box", x: x - BOX.wide / 2, y: y - BOX.tall / 2, width: BOX.wide, height: BOX.tall, rx: 8 }),
    ...lines.map(([kind, text], i) => svg("text", { class: kind, x, y: y + 5 + 16 * (i - (lines.length - 1) / 2), "text-anchor": "middle" }, text)),
  ];
}
