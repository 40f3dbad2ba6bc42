// The picture of a request's way, with its place marked. The timeline tells the same without it.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const places = (text) => (text || "").split(" ").filter(Boolean);

async function draw(box) {
  if (box.dataset.drawn) return;
  box.dataset.drawn = "yes";
  try {
    const answer = await fetch(box.dataset.process);
    if (!answer.ok) throw new Error(answer.status);
    const viewer = new NavigatedViewer({ container: box });
    await viewer.importXML(await answer.text());
    const picture = box.querySelector("svg");
    picture.setAttribute("aria-hidden", "true"); // the timeline says it in words
    picture.removeAttribute("tabindex");
    const canvas = viewer.get("canvas");
    const registry = viewer.get("elementRegistry");
    const mark = (names, marker) => names.filter((name) => registry.get(name)).forEach((name) => canvas.addMarker(name, marker));
    mark(places(box.dataset.done), "process-done");
    mark(places(box.dataset.now), "process-now");
    canvas.zoom("fit-viewport");
    if (canvas.zoom() < 0.6) {
      // Too small to read on a phone: begin at the place where it is, and let her push.
      const here = places(box.dataset.now).map((name) => registry.get(name)).find(Boolean);
      canvas.zoom(0.6, "auto");
      if (here) canvas.scrollToElement(here, 40);
    }
  } catch {
    box.textContent = box.dataset.failed;
  }
}

const start = () => {
  for (const box of document.querySelectorAll("[data-process]")) {
    const fold = box.closest("details");
    fold.addEventListener("toggle", () => fold.open && draw(box));
    if (fold.open) draw(box);
  }
};
start();
