// The columns of a model's inputs: numbers, which may be standardised, and texts, one number each.

import { formatNumber } from "../../../../page/web/numbers.js";

const TRIALS = 9; // numbers that are tried of a column, to see what it changes

/** Return what an example has in a column of numbers, in the column's own unit. */
export function toOwnUnit({ place, mean, scale }, x) {
  return mean + scale * x[place];
}

/** Return a number that is given in a column's own unit as the model takes it. */
export function fromOwnUnit({ mean, scale }, number) {
  return (number - mean) / scale;
}

/** Put a category into an example's inputs, by its index in the column. */
export function putCategory({ place, categories }, index, x) {
  categories.forEach((_, i) => {
    x[place + i] = Number(i === index);
  });
}

/** Return an example of what is usual: the mean of each column, or its most frequent text. */
export function makeUsualInputs(columns) {
  const x = [];
  for (const column of columns) {
    if (column.categories) {
      putCategory(column, column.usual, x);
    } else {
      x[column.place] = Number(column.usual);
    }
  }
  return x;
}

/** Return what an example has in a column, as a text. */
export function describeInput(column, x) {
  const { place, categories } = column;
  return categories
    ? categories[categories.findIndex((_, i) => x[place + i] === 1)]
    : formatNumber(toOwnUnit(column, x));
}

/** Return the two columns whose numbers change the outputs most, the others held as in `x`. */
export function chooseAxes(columns, predictor, x) {
  const effects = columns.map(({ place, low, high }) => {
    const outputs = Array.from({ length: TRIALS }, (_, i) => {
      const tried = [...x];
      tried[place] = Number(low) + ((high - low) * i) / (TRIALS - 1);
      return predictor.predict(tried) ?? [];
    });
    return (outputs[0] ?? []).reduce((sum, _, k) => {
      const each = outputs.map((output) => output[k]).filter(Number.isFinite);
      return sum + Math.max(...each) - Math.min(...each);
    }, 0);
  });
  const order = columns.map((_, i) => i).sort((i, j) => effects[j] - effects[i]);
  return order.slice(0, 2).sort((i, j) => i - j);
}
