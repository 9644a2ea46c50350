//// file
// $title
// $about
// The network: $network. It needs no other file.
//
// $usage
// $example

$library
/** The columns of a row, in their order: of numbers (mean and scale in training), or of texts. */
export const columns = $columns;
$names
const layers = $layers;

/** Return weights * inputs + bias for each neuron of a layer, from left to right. */
function runLayer({ weights, biases, activation }, x) {
  return weights.map((w, i) => {
    let total = w[0] * x[0];
    for (let j = 1; j < w.length; j += 1) total = total + w[j] * x[j];
    return activation(biases ? total + biases[i] : total);
  });
}

/** Return the network's inputs for a row: a number for each column, or for each of its texts. */
function readRow(row) {
  const isList = Array.isArray(row) || ArrayBuffer.isView(row);
  const missing = isList ? [] : columns.filter(({ name }) => row[name] === undefined);
  if (missing.length) throw new RangeError(`the row lacks the column $${JSON.stringify(missing[0].name)}`);
  const cells = isList ? [...row] : columns.map(({ name }) => row[name]);
  if (cells.length !== columns.length) {
    throw new RangeError(`a row has $${columns.length} columns, not $${cells.length}`);
  }
  return columns.flatMap(({ name, mean, scale, texts }, i) => {
    const told = `$${JSON.stringify(cells[i])} in column $${JSON.stringify(name)}`;
    if (texts) {
      if (!texts.includes(cells[i])) {
        const known = texts.map((text) => JSON.stringify(text)).join(", ");
        throw new RangeError(`$${told} was never seen in training, only $${known}`);
      }
      return texts.map((text) => (text === cells[i] ? 1.0 : 0.0));
    }
    if (!Number.isFinite(cells[i])) throw new RangeError(`$${told} isn't a finite number`);
    const number = (cells[i] - mean) / scale;
    if (!Number.isFinite(number)) throw new RangeError(`$${told} is too far from its mean`);
    return [number];
  });
}

/** Return $returned for a row: an array, or an object by the columns' names. */
export function predict(row) {
  let x = readRow(row);
  for (const layer of layers) x = runLayer(layer, x);
  if (!x.every(Number.isFinite)) throw new RangeError("the row is too far from those in training");
$result
}
//// give_number
  const prediction = x[0] * $scale + $mean;
  if (!Number.isFinite(prediction)) throw new RangeError("the prediction is too large");
  return prediction;
//// give_numbers
  return x;
//// give_class
  const index = x.indexOf(x.reduce((largest, y) => (y > largest ? y : largest)));
  const shares = x.map((y) => Math.exp(y - x[index]));
  const total = shares.reduce((sum, share) => sum + share, 0.0);
  return { index, label: classes[index], probabilities: shares.map((share) => share / total) };
