// The guesses of a page: what was given is kept, so that a reader who comes back finds it.

import { Guess } from "./guess.js";
import { keepOfPage, namePage, readKept } from "./kept.js";

export class Guesses {
  constructor(places) {
    const name = namePage();
    const { guesses = {} } = readKept().pages[name] ?? {};
    places.forEach((place, i) => {
      const question = place.textContent; // a guess whose question was rewritten is a new one
      new Guess(place, i, guesses[question], (given) => {
        keepOfPage(name, (page) => {
          page.guesses = { ...page.guesses, [question]: given };
          page.count = places.length;
        });
      });
    });
  }
}
