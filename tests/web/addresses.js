// Writes and reads addresses for tests/page/test_address.py: each has keys with texts, and numbers.
/* global answer, asked */

import { inputOfKey, joinState, keyOfInput, readExactly, readState, spellNumber, writeState } from "./address.js";

answer(
  asked.map(({ entries, names, numbers, link }) => ({
    written: writeState(entries),
    keys: names.map(keyOfInput),
    back: names.map((name) => inputOfKey(keyOfInput(name))),
    spelled: numbers.map((number) => spellNumber(Number(number))),
    exact: numbers.map((number) => readExactly(spellNumber(Number(number)))),
    read: [...readState(link.slice(link.indexOf("#") + 1)).state],
    isShort: joinState(link, link.slice(link.indexOf("#") + 1)) !== null,
  })),
);
