// Boxes and arrows laid out from left to right: each arrow leads to a later column.
//
// Columns and the order within them come from the arrows alone, so that a box that grows moves
// the others and never changes places with one.

const MOST_BENDS = 4_000; // of all arrows; beyond, the longest are drawn straight
const SWEEPS = 8; // through the columns, for an order with few crossings
const SETTLINGS = 12; // of heights
const WIDER = 40; // by which a column is than a box that isn't among its widest
const HEAVY = 50; // times as much as a source's does the wish of a computed box count
const LANE_WITH_TEXTS = 34;
const LANE = 14; // how high an arrow is that passes by boxes

/**
 * Lay out boxes, each { width, height }, and arrows, each [tail, head, how far down in the head,
 * whether it has texts, which need room].
 *
 * A box with a `side` is a port: a point at the left ("in") or right ("out") border. Return
 * { width, height, places, routes }: the middle of each box, and the points of each arrow from
 * the right side of its tail to the left side of its head, where one bends in pairs.
 */
export function layOut(boxes, arrows, { column, narrow, row }) {
  const directed = turnBack(boxes.length, arrows);
  const ranks = rankBoxes(boxes, directed);
  const { cells, chains } = addBends(boxes, directed, ranks);
  const columns = orderCells(cells);
  settleHeights(cells, columns, row);
  const gaps = columns.map(() => narrow); // before each column
  directed.forEach(({ tail, head, hasTexts }) => {
    if (hasTexts) {
      gaps[ranks[tail] + 1] = gaps[ranks[head]] = column;
    }
  });
  const [left, widths] = placeColumns(cells, columns, gaps);
  const width = Math.max(0, left.at(-1) + widths.at(-1));
  const top = cells.reduce((least, { y, height }) => Math.min(least, y - height / 2), 0);
  let height = 0;
  for (const cell of cells) {
    cell.y -= top;
    cell.x = left[cell.rank] + widths[cell.rank] / 2;
    height = Math.max(height, cell.y + cell.height / 2);
  }
  boxes.forEach(({ side }, i) => {
    if (side) {
      cells[i].x = side === "in" ? 0 : width;
    }
  });
  const places = boxes.map((_, i) => ({ x: cells[i].x, y: cells[i].y }));
  const routes = chains.map(({ isTurned, chain }) => {
    const points = chain.flatMap((cell, i) => {
      const { x, y, rank, width: own, isBend } = cells[cell];
      if (isBend) {
        return [[left[rank], y], [left[rank] + widths[rank], y]];
      }
      // Within its own column an arrow keeps to the height of its box: another one may be wider.
      const isNarrower = widths[rank] - own > WIDER;
      const beside = isNarrower ? [[left[rank] + (i ? 0 : widths[rank]), y]] : [];
      return i ? [...beside, [x - own / 2, y]] : [[x + own / 2, y], ...beside];
    });
    return isTurned ? points.reverse() : points;
  });
  return { width, height, places, routes };
}

/** Return the arrows without cycles: those that would close one are turned round. */
function turnBack(count, arrows) {
  const outs = Array.from({ length: count }, () => []);
  arrows.forEach(([tail], i) => outs[tail].push(i));
  const state = new Uint8Array(count); // 1 on the way, 2 done
  const turned = new Set();
  for (let start = 0; start < count; start += 1) {
    const way = state[start] ? [] : [[start, 0]];
    state[start] ||= 1;
    while (way.length) {
      const here = way.at(-1);
      const arrow = outs[here[0]][here[1]];
      if (arrow === undefined) {
        state[here[0]] = 2;
        way.pop();
        continue;
      }
      here[1] += 1;
      const head = arrows[arrow][1];
      if (state[head] === 1) {
        turned.add(arrow);
      } else if (state[head] === 0) {
        state[head] = 1;
        way.push([head, 0]);
      }
    }
  }
  return arrows.map(([tail, head, shift = 0, hasTexts = false], i) => (turned.has(i)
    ? { tail: head, head: tail, isTurned: true, shift: 0, hasTexts }
    : { tail, head, isTurned: false, shift, hasTexts }));
}

/** Return the column of each box: after all it takes from, and a source right before its first use. */
function rankBoxes(boxes, arrows) {
  const ranks = boxes.map(() => 0);
  const waiting = boxes.map(() => 0);
  const outs = boxes.map(() => []);
  for (const { tail, head } of arrows) {
    if (tail !== head) {
      outs[tail].push(head);
      waiting[head] += 1;
    }
  }
  const isSource = waiting.map((count) => count === 0);
  const ready = boxes.map((_, i) => i).filter((i) => isSource[i]);
  for (let at = 0; at < ready.length; at += 1) {
    for (const head of outs[ready[at]]) {
      ranks[head] = Math.max(ranks[head], ranks[ready[at]] + 1);
      waiting[head] -= 1;
      if (waiting[head] === 0) {
        ready.push(head);
      }
    }
  }
  const last = ranks.reduce((most, rank) => Math.max(most, rank), 0);
  boxes.forEach(({ side }, i) => {
    if (side === "out") {
      ranks[i] = last;
    } else if (side !== "in" && isSource[i] && outs[i].length) {
      ranks[i] = outs[i].reduce((least, head) => Math.min(least, ranks[head]), Infinity) - 1;
    }
  });
  return ranks;
}

/** Return boxes and the bends of arrows that pass columns by, and the chain of those of each arrow. */
function addBends(boxes, arrows, ranks) {
  const cells = boxes.map((box, i) => ({ ...box, rank: ranks[i], y: 0, ups: [], downs: [], shift: 0 }));
  const bySpan = arrows.map((_, i) => i).sort((i, j) => spanOf(arrows[i], ranks) - spanOf(arrows[j], ranks) || i - j);
  const chains = [];
  for (const i of bySpan) {
    const { tail, head, isTurned, shift, hasTexts } = arrows[i];
    const span = spanOf(arrows[i], ranks);
    const chain = [tail];
    if (cells.length + span <= boxes.length + MOST_BENDS) {
      for (let rank = ranks[tail] + 1; rank < ranks[head]; rank += 1) {
        chain.push(cells.length);
        cells.push({ width: 0, height: hasTexts ? LANE_WITH_TEXTS : LANE, rank, y: 0, ups: [], downs: [], shift: 0, isBend: true });
      }
    }
    chain.push(head);
    for (const cell of chain.slice(0, -1)) {
      cells[cell].shift = shift; // which decides where all else is the same
    }
    for (let k = 1; k < chain.length && tail !== head; k += 1) {
      cells[chain[k]].ups.push(chain[k - 1]);
      cells[chain[k - 1]].downs.push(chain[k]);
    }
    chains[i] = { isTurned, chain };
  }
  return { cells, chains };
}

function spanOf({ tail, head }, ranks) {
  return ranks[head] - ranks[tail];
}

/** Return the cells of each column from top to bottom: each near those it is joined to. */
function orderCells(cells) {
  const columns = [];
  cells.forEach(({ rank }, i) => (columns[rank] ??= []).push(i));
  for (let rank = 0; rank < columns.length; rank += 1) {
    columns[rank] ??= [];
  }
  const at = new Float64Array(cells.length);
  const number = (column) => column.forEach((cell, i) => (at[cell] = (i + 0.5) / column.length));
  columns.forEach(number);
  let best = { crossings: countCrossings(cells, columns, at), columns: columns.map((column) => [...column]) };
  for (let sweep = 0; sweep < SWEEPS && (sweep < 2 || best.crossings > 0); sweep += 1) {
    const side = sweep % 2 ? "downs" : "ups";
    for (const column of sweep % 2 ? [...columns].reverse() : columns) {
      const wish = new Map(column.map((cell) => [cell, meanOf(cells[cell][side], at, at[cell])]));
      column.sort((one, other) =>
        wish.get(one) - wish.get(other) || cells[one].shift - cells[other].shift || at[one] - at[other]);
      number(column);
    }
    const crossings = countCrossings(cells, columns, at);
    if (crossings < best.crossings || (crossings === best.crossings && sweep < 2)) {
      best = { crossings, columns: columns.map((column) => [...column]) };
    }
  }
  return best.columns;
}

function meanOf(beside, at, own) {
  return beside.length ? beside.reduce((sum, cell) => sum + at[cell], 0) / beside.length : own;
}

/** Return how many pairs of joints cross; of very many, those of neighbours alone. */
function countCrossings(cells, columns, at) {
  let count = 0;
  for (const column of columns) {
    const joints = column.flatMap((cell) => cells[cell].downs.map((other) => [at[cell], at[other]]));
    const reach = joints.length > 1_000 ? 20 : joints.length;
    joints.forEach(([from, to], i) => {
      for (let j = i + 1; j < Math.min(joints.length, i + reach); j += 1) {
        count += (from - joints[j][0]) * (to - joints[j][1]) < 0 ? 1 : 0;
      }
    });
  }
  return count;
}

/** Put each cell as near to the middle of those it is joined to as its column lets it be. */
function settleHeights(cells, columns, row) {
  for (const column of columns) {
    let y = 0;
    for (const cell of column) {
      y += cells[cell].height / 2;
      cells[cell].y = y;
      y += cells[cell].height / 2 + row;
    }
    column.forEach((cell) => (cells[cell].y -= y / 2));
  }
  for (let turn = 0; turn < SETTLINGS; turn += 1) {
    const isBack = turn % 2 === 0;
    for (const column of isBack ? [...columns].reverse() : columns) {
      const wishes = column.map((cell) => {
        const { ups, downs, y } = cells[cell];
        const beside = turn > SETTLINGS - 3 ? [...ups, ...downs] : isBack ? downs : ups;
        return beside.length ? beside.reduce((sum, other) => sum + cells[other].y, 0) / beside.length : y;
      });
      spread(column.map((cell) => cells[cell]), wishes, row);
    }
  }
}

/** Put cells in their order, apart, so that the squares of what they miss their wishes by are least. */
function spread(cells, wishes, row) {
  const blocks = []; // each { sum, weight, count, from }: cells that touch
  let offset = 0;
  const offsets = cells.map(({ height }, i) => {
    offset += i ? (cells[i - 1].height + height) / 2 + row : 0;
    return offset;
  });
  wishes.forEach((wish, i) => {
    const weight = cells[i].ups.length ? HEAVY : 1; // so that a chain stays level beside its sources
    blocks.push({ sum: weight * (wish - offsets[i]), weight, count: 1, from: i });
    while (blocks.length > 1 && blocks.at(-2).sum / blocks.at(-2).weight > blocks.at(-1).sum / blocks.at(-1).weight) {
      const { sum, weight: heavier, count } = blocks.pop();
      blocks.at(-1).sum += sum;
      blocks.at(-1).weight += heavier;
      blocks.at(-1).count += count;
    }
  });
  for (const { sum, weight, count, from } of blocks) {
    for (let i = from; i < from + count; i += 1) {
      cells[i].y = sum / weight + offsets[i];
    }
  }
}

/** Return where each column begins, and how wide it is. */
function placeColumns(cells, columns, gaps) {
  const widths = columns.map((column) => column.reduce((most, cell) => Math.max(most, cells[cell].width), 0));
  let x = 0;
  const left = widths.map((width, i) => {
    const here = x + (i ? gaps[i] : 0);
    x = here + width;
    return here;
  });
  return left.length ? [left, widths] : [[0], [0]];
}
