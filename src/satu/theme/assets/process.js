// The picture of a request's way, with its place marked. The timeline tells the same without it.
import Viewer from "bpmn-js/lib/Viewer";

const places = (text) => (text || "").split(" ").filter(Boolean);
const MARGIN = 20; // around the picture, in its own units
const WHOLE = 0.65; // where it fits at this size or larger, it is shown whole
const COLOURS = { defaultFillColor: "var(--card)", defaultStrokeColor: "var(--ink)", defaultLabelColor: "var(--ink)" }; // as the page
const READABLE = 0.9; // else, on a phone, at this size: it is pushed aside inside the box

function element(className, attributes = {}) {
  const made = document.createElement("div");
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// One picture with a name, and nothing in it that takes the focus; the makers' sign stays a link beside it.
function asOnePicture(box, sheet) {
  const picture = sheet.querySelector(".djs-container");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", box.dataset.label);
  for (const part of picture.querySelectorAll("[tabindex]")) part.removeAttribute("tabindex");
  sheet.querySelector(".bjs-breadcrumbs")?.remove(); // a way has one level
  const sign = sheet.querySelector(".bjs-powered-by");
  if (sign) box.append(sign);
}

// As wide as the box where it can be read so, else wider; always whole, and as high as it has to be.
function fit(canvas, scroller, sheet) {
  const { inner } = canvas.viewbox();
  const width = inner.width + 2 * MARGIN;
  const height = inner.height + 2 * MARGIN;
  const fits = scroller.clientWidth / width;
  const scale = fits < WHOLE ? READABLE : Math.min(1, fits);
  sheet.style.width = `${Math.floor(width * scale)}px`;
  sheet.style.height = `${Math.floor(height * scale)}px`;
  canvas.resized();
  canvas.viewbox({ x: inner.x - MARGIN, y: inner.y - MARGIN, width, height });
}

function bringIntoSight(scroller, here) {
  const place = here.getBoundingClientRect();
  const seen = scroller.getBoundingClientRect();
  scroller.scrollLeft += place.left + place.width / 2 - seen.left - seen.width / 2;
  scroller.scrollTop += place.top + place.height / 2 - seen.top - seen.height / 2;
}

async function draw(box) {
  box.dataset.label = box.getAttribute("aria-label");
  try {
    const answer = await fetch(box.dataset.process);
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    const scroller = element("process-scroll", { tabindex: "0", role: "group", "aria-label": box.dataset.label });
    const sheet = element("process-sheet");
    scroller.append(sheet);
    box.append(scroller);
    const viewer = new Viewer({ container: sheet, bpmnRenderer: COLOURS });
    await viewer.importXML(text);
    const canvas = viewer.get("canvas");
    const registry = viewer.get("elementRegistry");
    const mark = (names, marker) => names.filter((name) => registry.get(name)).forEach((name) => canvas.addMarker(name, marker));
    mark(places(box.dataset.done), "process-done");
    mark(places(box.dataset.now), "process-now");
    asOnePicture(box, sheet);
    fit(canvas, scroller, sheet);
    const here = places(box.dataset.now).map((name) => registry.getGraphics(name)).find(Boolean);
    if (here) bringIntoSight(scroller, here);
  } catch {
    box.textContent = box.dataset.failed;
  }
}

document.addEventListener("process:draw", ({ target }) => draw(target));
