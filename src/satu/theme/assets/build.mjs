// `make assets`: the committed files in ../static/satu/ from the npm packages that package-lock.json pins.
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../../..");
const modules = path.join(root, "node_modules");
const out = path.resolve(here, "../static/satu");
// As old as the browser of a cheap telephone may be.
const browsers = ["chrome90", "firefox90", "safari14"];

async function stylesheet(name) {
  const { css } = sass.compile(path.join(here, `${name}.scss`), {
    loadPaths: [modules],
    silenceDeprecations: ["if-function"],
  });
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: browsers, legalComments: "none" });
  await writeFile(path.join(out, `${name}.css`), code);
}

async function script(name) {
  await esbuild.build({
    entryPoints: [path.join(here, `${name}.js`)],
    outfile: path.join(out, `${name}.js`),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
  });
}

// The picture of a process: diagram-js's own rules, and no icon font, which a viewer does not use.
async function processStyles() {
  const names = ["diagram-js.css", "bpmn-js.css"].map((name) => path.join(modules, "bpmn-js/dist/assets", name));
  const css = (await Promise.all(names.map((name) => readFile(name, "utf8")))).join("\n");
  const own = await readFile(path.join(here, "process.css"), "utf8");
  const { code } = await esbuild.transform(css + own, { loader: "css", minify: true, target: browsers });
  await writeFile(path.join(out, "process.css"), code);
}

async function* files(folder, pattern) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(full, pattern);
    else if (pattern.test(entry.name)) yield full;
  }
}

// Only the icons that a page or a city names: icon("home") in a template, icon="home" in Python, icon: home in YAML.
async function usedIcons() {
  const found = new Set();
  for (const [folder, names, pattern] of [
    ["src/satu", /\.html$/, /\bicon\(["']([a-z0-9-]+)["']\)/g],
    ["src/satu", /\.py$/, /\bicon="([a-z0-9-]+)"/g],
    ["cities", /\.ya?ml$/, /\bicon: ?"?([a-z0-9-]+)/g],
  ]) {
    for await (const file of files(path.join(root, folder), names)) {
      for (const [, name] of (await readFile(file, "utf8")).matchAll(pattern)) found.add(name);
    }
  }
  return [...found].sort();
}

async function sprite() {
  const symbols = [];
  for (const name of await usedIcons()) {
    const source = path.join(modules, "@tabler/icons/icons/outline", `${name}.svg`);
    const svg = await readFile(source, "utf8").catch(() => {
      throw new Error(`A page or a city names the icon ${name}, and Tabler has no outline icon of that name.`);
    });
    const body = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").trim();
    const stroke = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24" ${stroke}>${body}</symbol>`);
  }
  await writeFile(
    path.join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
}

async function licences() {
  const folder = path.join(out, "LICENSES");
  await mkdir(folder, { recursive: true });
  // govuk-frontend's npm package says MIT and leaves the text out; here it is from its repository.
  await copyFile(path.join(here, "govuk-frontend-licence.txt"), path.join(folder, "govuk-frontend.txt"));
  for (const name of ["htmx.org", "@fontsource-variable/plus-jakarta-sans", "@tabler/icons", "bpmn-js", "diagram-js"]) {
    const file = `${name.split("/").slice(-2).join("-").replace("@", "")}.txt`;
    await copyFile(path.join(modules, name, "LICENSE"), path.join(folder, file));
  }
}

await mkdir(out, { recursive: true });
await Promise.all([
  stylesheet("satu"),
  stylesheet("desk"),
  stylesheet("insight"),
  script("satu"),
  script("htmx"),
  script("desk"),
  script("inspect"),
  script("process"),
  processStyles(),
  sprite(),
  licences(),
]);
