import { Python } from "./python.js";
document.querySelectorAll("div.cell").forEach((cell) => {
  const button = document.createElement("button");
  button.textContent = "Run";
  cell.append(button);
  button.onclick = async () => {
    const python = (globalThis.python ??= new Python());
    await python.begin((done, all) => (button.textContent = `${done} of ${all}`));
    const out = document.createElement("pre");
    cell.append(out);
    const ended = await python.run(cell.querySelector("pre").textContent, 1, true, (o) => out.append(JSON.stringify(o).slice(0,3000)));
    button.textContent = "Ran " + ended;
  };
});
