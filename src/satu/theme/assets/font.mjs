// The typeface in two files: what nearly every page is written in, and the other Latin letters for those that have one.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(
  here,
  "../../../../node_modules/@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2",
);
const out = path.resolve(here, "../static/satu");

const range = (first, last) => String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, i) => first + i));
// As _base.scss says it to browsers (unicode-range).
const most = range(0x20, 0x7e) + "\u00a0\u00b2\u00b7\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u203a\u2212";
const rest = range(0xa1, 0x17f) + range(0x2bb, 0x2dc) + range(0x2000, 0x206f) + "\u20ac\u2122\u2191\u2193\u2215";

async function part(name, letters) {
  const font = await subsetFont(await readFile(source), letters, {
    targetFormat: "woff2",
    variationAxes: { wght: { min: 400, max: 800 } }, // what the styles ask for
  });
  await writeFile(path.join(out, name), font);
}

await part("plus-jakarta-sans.woff2", most);
await part("plus-jakarta-sans-more.woff2", rest);
