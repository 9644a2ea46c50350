// A layer's step as equations of matrices: symbols, below them the numbers, and the shape of each.

import { align } from "./equations.js";
import { mathml, sign, writeNumber } from "./markup.js";
import { formatAsPython } from "./numbers.js";

const MOST_CELLS = 4; // rows or columns that are written; of more, the first ones and the last
const MATRIX_DIGITS = 3;

/** Return the equations of the step of a layer: forward, or back. */
export function writeLayer(matrix, passes) {
  const see = (nodes) => nodes.map((node) => passes.repeats.see(node)); // in the repetition that is shown
  const { columns, weightsAt, activation } = matrix;
  const [sums, outputs] = [see(matrix.sums), see(matrix.outputs)];
  const inputs = sums.map((sum) => passes.nodes[sum].inputs);
  const layer = {
    activation, sums, outputs, weightsAt,
    weights: inputs.map((all) => all.slice(weightsAt, weightsAt + columns)),
    inputs: inputs[0].slice(columns - weightsAt, 2 * columns - weightsAt),
    biases: inputs.flatMap((all) => all.slice(2 * columns)),
  };
  return passes.fact.kind === "value" ? [writeForward(layer, passes.graph)] : writeBack(layer, passes);
}

function writeForward({ weights, inputs, biases, outputs, activation }, { data }) {
  const column = (nodes) => nodes.map((node) => [data[node]]);
  return align([
    writeTerm(writeLetters("h"), column(outputs), "value"),
    { joint: activation ? `= ${activation}(` : "=" },
    writeTerm(writeLetters("W"), weights.map((row) => row.map((node) => data[node])), "value"),
    writeTerm(writeLetters("x"), column(inputs), "value"),
    ...(biases.length ? [{ joint: "+" }, writeTerm(writeLetters("b"), column(biases), "value")] : []),
    ...(activation ? [{ joint: ")" }] : []),
  ]);
}

function writeBack({ weights, inputs, biases, weightsAt, sums, outputs, activation }, passes) {
  const { graph: { data, partials }, nodes, fact } = passes;
  const { gradient, flowed } = passes.state();
  const share = (sum, position) => flowed.get(`${sum}-${position}`) ?? null;
  const delta = () => writeTerm(writeLetters("δ"), sums.map((node) => [gradient[node]]), "gradient");
  const inputsAt = inputs.length - weightsAt;
  const equate = (name, rows, targets, ...factors) => {
    const isMore = targets.some((node) => passes.shares[fact.pass][node].length > (name === "x" ? sums.length : 1)); // from elsewhere, too
    const isKnown = rows.some((row) => row.some((number) => number !== null));
    return isKnown ? [align([writeTerm(writeLetters("d", name), rows, "gradient"), { joint: isMore ? "+=" : "=" }, ...factors])] : [];
  };
  return [
    ...(activation ? [align([
      delta(), { joint: "=" },
      writeTerm(writeLetters("d", "h"), outputs.map((node) => [gradient[node]]), "gradient"), { joint: "⊙" },
      writeTerm(mathml("mtext", `${activation}′`), outputs.map((node, i) => [partials[node][nodes[node].inputs.indexOf(sums[i])]]), "local"),
    ])] : []),
    ...equate("W", sums.map((sum) => inputs.map((_, i) => share(sum, weightsAt + i))), weights.flat(),
      delta(), writeTerm(writeTransposed("x"), [inputs.map((node) => data[node])], "value")),
    ...equate("b", sums.map((sum) => [share(sum, 2 * inputs.length)]), biases, delta()),
    ...equate("x", inputs.map((_, i) => [addShares(sums.map((sum) => share(sum, inputsAt + i)))]), inputs,
      writeTerm(writeTransposed("W"), inputs.map((_, i) => weights.map((row) => data[row[i]])), "value"), delta()),
  ];
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
