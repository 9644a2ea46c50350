// A layer's step as equations of matrices: symbols, below them the numbers, and the shape of each.

import { align } from "./equations.js";
import { mathml, sign, writeNumber } from "./markup.js";
import { formatAsPython } from "./numbers.js";

const MOST_CELLS = 4; // rows or columns that are written; of more, the first ones and the last
const MATRIX_DIGITS = 3;

/** Return the equations of the step of a layer: forward, or back. */
export function writeLayer(matrix, passes) {
  const see = (nodes) => nodes.map((node) => passes.repeats.see(node)); // in the repetition that is shown
  const { columns, weightsAt, activation, examples } = matrix;
  const [sums, outputs] = [see(matrix.sums), see(matrix.outputs)].map((nodes) => split(nodes, nodes.length / examples));
  const inputsOf = (sum) => passes.nodes[sum].inputs;
  const [first] = sums;
  const layer = {
    activation, sums, outputs, weightsAt,
    weights: first.map((sum) => inputsOf(sum).slice(weightsAt, weightsAt + columns)),
    inputs: sums.map(([sum]) => inputsOf(sum).slice(columns - weightsAt, 2 * columns - weightsAt)),
    biases: first.flatMap((sum) => inputsOf(sum).slice(2 * columns)),
  };
  return passes.fact.kind === "value" ? [writeForward(layer, passes.graph)] : writeBack(layer, passes);
}

// An example's numbers are a column; those of a batch have a row each: then all is transposed.

function writeForward({ weights, inputs, biases, outputs, activation }, { data }) {
  const isBatch = inputs.length > 1;
  const write = (name, rows, isTurned) => writeTerm(name, turn(look(rows, data), isTurned), "value");
  const product = isBatch
    ? [write(writeLetters("X"), inputs, false), write(writeTransposed("W"), weights, true)]
    : [write(writeLetters("W"), weights, false), write(writeLetters("x"), inputs, true)];
  return align([
    write(writeLetters(isBatch ? "H" : "h"), outputs, !isBatch),
    { joint: activation ? `=\u00a0${activation}(` : "=" }, // at a plain space the line would break
    ...product,
    ...(biases.length ? [{ joint: "+" }, write(writeLetters("b"), [biases], !isBatch)] : []),
    ...(activation ? [{ joint: ")" }] : []),
  ]);
}

function writeBack({ weights, inputs, biases, weightsAt, sums, outputs, activation }, passes) {
  const { graph: { data, partials }, nodes, fact } = passes;
  const { gradient, flowed } = passes.state();
  const isBatch = inputs.length > 1;
  const [count, columns] = [inputs.length, weights[0].length];
  const stand = (rows) => turn(rows, !isBatch);
  const share = (sum, position) => flowed.get(`${sum}-${position}`) ?? null;
  const addExamples = (neuron, position) => addShares(sums.map((row) => share(row[neuron], position)));
  const write = (letters, rows, kind = "gradient") => writeTerm(letters, rows, kind);
  const delta = () => write(writeLetters(isBatch ? "Δ" : "δ"), stand(look(sums, gradient)));
  const turned = () => (isBatch ? write(writeTransposed("Δ"), turn(look(sums, gradient), true)) : delta());
  const [w, x] = [look(weights, data), look(inputs, data)];
  const equate = (name, rows, targets, most, ...factors) => {
    const isMore = targets.some((node) => passes.shares[fact.pass][node].length > most); // from elsewhere, too
    const isKnown = rows.some((row) => row.some((number) => number !== null));
    return isKnown ? [align([write(writeLetters("d", name), rows), { joint: isMore ? "+=" : "=" }, ...factors])] : [];
  };
  const slopes = outputs.map((row, i) => row.map((node, j) => partials[node][nodes[node].inputs.indexOf(sums[i][j])]));
  const shares = sums.map((row) => inputs[0].map((_, i) => addShares(row.map((sum) => share(sum, columns - weightsAt + i)))));
  return [
    ...(activation ? [align([
      delta(), { joint: "=" }, write(writeLetters("d", isBatch ? "H" : "h"), stand(look(outputs, gradient))),
      { joint: "⊙" }, write(mathml("mtext", `${activation}′`), stand(slopes), "local"),
    ])] : []),
    ...equate("W", weights.map((row, j) => row.map((_, i) => addExamples(j, weightsAt + i))), weights.flat(), count,
      turned(), write(isBatch ? writeLetters("X") : writeTransposed("x"), x, "value")),
    ...equate("b", stand([biases.map((_, j) => addExamples(j, 2 * columns))]), biases, count,
      ...(isBatch ? [write(writeTransposed("1"), [inputs.map(() => 1)], "value")] : []), delta()),
    ...(isBatch
      ? equate("X", shares, inputs.flat(), weights.length, delta(), write(writeLetters("W"), w, "value"))
      : equate("x", turn(shares, true), inputs.flat(), weights.length, write(writeTransposed("W"), turn(w, true), "value"), delta())),
  ];
}

/** Return the numbers of nodes that stand in rows. */
function look(rows, numbers) {
  return rows.map((row) => row.map((node) => numbers[node]));
}

/** Return a matrix transposed, or as it is. */
function turn(rows, isTurned) {
  return isTurned ? rows[0].map((_, i) => rows.map((row) => row[i])) : rows;
}

/** Return items in runs of one length. */
function split(items, size) {
  return items.flatMap((_, i) => (i % size ? [] : [items.slice(i, i + size)]));
}

/** Return a sum, null where a term isn't known. */
function addShares(terms) {
  return terms.includes(null) ? null : terms.reduce((sum, x) => sum + x, 0);
}

/** Return a term of an equation: a symbol, a matrix of numbers, and its shape. */
function writeTerm(letters, rows, kind) {
  return { symbol: letters, number: writeMatrix(rows), note: `${rows.length} × ${rows[0].length}`, kind };
}

function writeLetters(...letters) {
  return mathml("mrow", ...letters.map((letter) => mathml("mi", letter)));
}

function writeTransposed(letter) {
  return mathml("msup", mathml("mi", letter), mathml("mo", "⊤"));
}

/** Return a matrix in parentheses; of many rows and columns, dots stand for those in the middle. */
function writeMatrix(rows) {
  const cells = rows.map((row) => elide(row.map((x) => writeNumber(formatAsPython(x === 0 ? 0 : x, MATRIX_DIGITS))), () => mathml("mo", "⋯")));
  const shown = elide(cells, () => cells[0].map(() => mathml("mo", "⋮")));
  const table = mathml("mtable", ...shown.map((row) => mathml("mtr", ...row.map((cell) => mathml("mtd", cell)))));
  const around = ["(", ")"].map((text) => sign(text));
  around.forEach((one) => one.setAttribute("stretchy", "true"));
  const matrix = mathml("mrow", around[0], table, around[1]);
  matrix.setAttribute("class", "matrix");
  return matrix;
}

function elide(items, makeDots) {
  return items.length <= MOST_CELLS ? items : [...items.slice(0, MOST_CELLS - 2), makeDots(), items.at(-1)];
}
