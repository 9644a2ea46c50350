// address.js: what stands behind a #, read whatever it is, and written so that it is read again.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Address,
  describeUnusable,
  joinState,
  readExactly,
  readState,
  writeState,
} from "../../micrograd_nn/page/web/address.js";

const readAll = (written) => [...readState(written).state];

test("a state is written legibly and read again, whatever is in it", () => {
  assert.equal(
    writeState([["e", "tanh(w*x+b)"], ["x", "2"], ["step", "7"], ["quiz", ""]]),
    "e=tanh(w*x+b)&x=2&step=7&quiz",
  );
  const odd = [["e", "a & b = c # d % e? \"'!<`|^"], ["∂ é🙂", "1+1"], ["__proto__", "3"], ["a=b", "&"], [".e", "2"]];
  const written = writeState(odd);
  assert.match(written, /^[\w.~()*+/,%=&-]*$/);
  assert.deepEqual(readAll(written), odd);
  assert.deepEqual(readAll(written.replaceAll("%20", " ")), odd);
});

test("what can't be read is told, and the rest is read", () => {
  const { state, unread } = readState("x=%E0%A4%A&step=7&&=&%=1&x=2&y");
  assert.deepEqual([...state], [["step", "7"], ["", ""], ["x", "2"], ["y", ""]]);
  assert.deepEqual(unread, ["x=%E0%A4%A", "%=1"]);
});

test("of two parts with one key the first counts", () => {
  assert.deepEqual(readAll("x=1&x=2&quiz&quiz=3"), [["x", "1"], ["quiz", ""]]);
});

test("a text that isn't a number, or one beyond the largest, is none", () => {
  for (const text of ["", "1e999", "-1e999", "x", "0x10", "1,000", "1 2", "--1", "infinit"]) {
    assert.equal(readExactly(text), null, text);
  }
  assert.equal(readExactly("−2,5"), -2.5);
});

test("a link takes the place of the state before it, unless it is too long", () => {
  assert.equal(joinState("http://a.org/b.html#x=1", "x=2"), "http://a.org/b.html#x=2");
  assert.equal(joinState("http://a.org/b.html#x=1#\n2", ""), "http://a.org/b.html");
  assert.equal(joinState("http://a.org/", "x".repeat(32_000)), null);
});

test("what can't be used is told in a few words", () => {
  assert.equal(describeUnusable([]), "");
  assert.equal(describeUnusable([["y=3", "no input"]]), "Not all of the link can be used: y=3 (no input).");
  const many = describeUnusable(Array(9).fill(["y".repeat(1000), "no input"]));
  assert.match(many, /; and 4 more\.$/);
  assert.ok(many.length < 400);
});

/** Return an address whose page is at some place of the web, and what is heard of it. */
function openAt(t, href) {
  const heard = { told: [], settled: 0, events: 0, listeners: {} };
  const place = new URL(href);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.location = place;
  globalThis.document = { getElementById: (id) => (id === "title" ? {} : null) };
  globalThis.history = { replaceState: (_, __, link) => (place.href = link) };
  globalThis.window = {
    addEventListener: (name, act) => (heard.listeners[name] = act),
    dispatchEvent: () => (heard.events += 1),
  };
  const address = new Address(() => (heard.settled += 1));
  address.tell = (words) => heard.told.push(words);
  const parts = { x: "1", step: "0" };
  for (const key of ["x", "step"]) {
    address.add(key, {
      write: () => parts[key],
      read(text) {
        if (!/^\d+$/.test(text)) {
          return "no number";
        }
        parts[key] = text;
        return "";
      },
    });
  }
  address.begin();
  return { address, parts, heard, place };
}

test("a page follows its address, and tells what it can't use", (t) => {
  const { parts, heard } = openAt(t, "http://a.org/p.html#step=7&x=z&y=2&quiz");
  assert.deepEqual(parts, { x: "1", step: "7" });
  assert.deepEqual(heard.told, [
    "Not all of the link can be used: x=z (no number); y=2 (the page has no input of this name); quiz (not of this page).",
  ]);
});

test("only what differs from how the page opened is written, a while after the last move", (t) => {
  const { address, parts, heard, place } = openAt(t, "http://a.org/p.html?a=b");
  parts.step = "3";
  address.writeSoon();
  t.mock.timers.tick(200);
  assert.equal(place.hash, "");
  parts.x = "2";
  address.writeSoon();
  t.mock.timers.tick(250);
  assert.equal(place.href, "http://a.org/p.html?a=b#x=2&step=3");
  assert.equal(heard.events, 1);
  Object.assign(parts, { x: "1", step: "0" });
  assert.equal(address.link, "http://a.org/p.html?a=b");
});

test("another state leads back to how the page opened, a place in the page to none", (t) => {
  const { parts, heard, place } = openAt(t, "http://a.org/p.html#x=5&step=7");
  assert.deepEqual(parts, { x: "5", step: "7" });
  place.hash = "#title";
  heard.listeners.hashchange();
  assert.deepEqual(parts, { x: "5", step: "7" });
  place.hash = "#step=2";
  heard.listeners.hashchange();
  assert.deepEqual(parts, { x: "1", step: "2" });
  assert.equal(heard.settled, 2);
});

test("an address that can't be written isn't an error", (t) => {
  const { address, heard } = openAt(t, "http://a.org/p.html");
  globalThis.history.replaceState = () => {
    throw new DOMException("too many", "SecurityError");
  };
  address.write();
  assert.equal(heard.events, 0);
});

test("a frame without an address gets none", (t) => {
  const framed = openAt(t, "about:srcdoc");
  assert.equal(framed.address.isShared, false);
  framed.parts.step = "3";
  framed.address.write();
  assert.equal(framed.place.href, "about:srcdoc");
});
