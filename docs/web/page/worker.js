// Python in a worker: it begins with the files that the page brought, and runs cells.
//
// Answers "ready" or "failed" to "begin", any number of outputs and then "done" to "run".

import { instance as startGraphviz } from "@viz-js/viz";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { info } from "pyodide/pyodide-lock.json";

const HOME = "/book"; // where the chapters' programs and data are

let running; // the Python module that runs cells

// Pyodide fetches its files; they are here already.
function serveFiles(files) {
  self.fetch = async (address) => {
    const name = String(address).split("/").pop();
    if (!(name in files)) {
      throw new Error(`Python in this page has no network: ${address}`);
    }
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(files[name], { headers: { "Content-Type": type } });
  };
}

async function begin(files) {
  serveFiles(files);
  const [python, graphviz] = await Promise.all([
    loadPyodide({
      createPyodideModule,
      indexURL: "https://python.invalid/",
      lockFileContents: { info, packages: {} },
      env: { HOME },
    }),
    startGraphviz(),
  ]);
  python.unpackArchive(files["packages.zip"], "zip", { extractDir: HOME });
  python.setStdin({ stdin: () => null });
  python.runPython(`import sys; sys.path[:0] = ["${HOME}/work", "${HOME}/packages", "${HOME}/tools"]`);
  python.runPython(`import os; os.chdir("${HOME}/work")`);
  python.registerJsModule("graphviz_of_page", {
    layout: (source) => graphviz.renderString(source, { format: "svg" }),
  });
  running = python.pyimport("running");
  running.send = (output) => {
    self.postMessage(output.toJs({ dict_converter: Object.fromEntries }));
    output.destroy?.();
  };
}

self.onmessage = async ({ data }) => {
  if (data.kind === "begin") {
    try {
      await begin(data.files);
      self.postMessage({ kind: "ready" });
    } catch (error) {
      self.postMessage({ kind: "failed", text: String(error) });
    }
  } else {
    if (data.fresh) {
      running.begin();
    }
    self.postMessage({ kind: "done", ended: running.run_cell(data.text, data.number) });
  }
};
