// Python in a worker: begins with the files that the page brought, then runs cells.
//
// It also calls functions of Python for a page that isn't a chapter. It answers "done" or "failed";
// before that come the outputs of the cell that runs.

import { instance as startGraphviz } from "@viz-js/viz";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { info } from "pyodide/pyodide-lock.json";

import { keepMemory, readMemory } from "./memory.js";

const HOME = "/book"; // where the chapters' programs and data are
const NOWHERE = "https://page.invalid/"; // the place that Pyodide fetches its files from
const SET_UP = `
import sys
sys.path[:0] = ["${HOME}/work", "${HOME}/packages", "${HOME}/tools"]
import running, needing
running.begin()
`;
const WAKE = `
import os, random
os.chdir("${HOME}/work")
random.seed()  # or each page would draw the same numbers
`;

const BROKEN = "the cell nested calls or brackets too deep, or took all memory"; // no error tells

let running; // the Python module that runs cells

// Lets Pyodide have its files without any network: they are here already.
function serveFiles(files) {
  self.fetch = async (address) => {
    const name = String(address).replace(NOWHERE, "");
    if (!(name in files)) {
      throw new TypeError(`Python in this page has no network: ${address}`);
    }
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/zip";
    return new Response(files[name], { headers: { "Content-Type": type } });
  };
}

// Starts Python, in the memory of one that had begun on an earlier page, if that is kept. Files aren't part of it.
async function startPython(files, memory) {
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: NOWHERE,
    lockFileContents: { info, packages: {} },
    env: { HOME, MICROGRAD_NN_NATIVE: "0" },
    ...(memory ? { _loadSnapshot: memory } : { _makeSnapshot: true }),
  });
  python.unpackArchive(files["packages.zip"], "zip", { extractDir: HOME });
  return python;
}

async function begin({ files, version }) {
  serveFiles(files);
  const [graphviz, memory] = await Promise.all([startGraphviz(), readMemory(version)]);
  let python = memory && (await startPython(files, memory).catch(() => null));
  if (!python) {
    python = await startPython(files, null);
    python.runPython(SET_UP);
    keepMemory(version, python.makeMemorySnapshot());
  }
  python.setStdin({ stdin: () => null });
  python.runPython(WAKE);
  running = python.pyimport("running");
  running.lay_out = (dot) => graphviz.renderString(dot, { format: "svg" });
  running.send = (kind, text) => self.postMessage({ kind, text });
}

function run({ text, number, fresh }) {
  if (fresh) {
    running.begin();
  }
  return running.run_cell(text, number);
}

// Runs a cell or calls a function; what gives neither an end nor a result broke Python.
function answer(data) {
  const result = data.kind === "run" ? run(data) : running.call_function(data.name, data.given);
  if (result === undefined) {
    throw new Error(BROKEN);
  }
  return result;
}

self.onmessage = async ({ data }) => {
  try {
    const result = data.kind === "begin" ? await begin(data) : answer(data);
    self.postMessage({ kind: "done", result });
  } catch (error) {
    self.postMessage({ kind: "failed", text: String(error.message ?? error) });
  }
};
