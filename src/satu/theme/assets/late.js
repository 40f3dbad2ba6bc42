// What few pages need comes to those that do, after everything that is seen.
const { htmx } = document.currentScript.dataset; // where it is

const arrives = (tag, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });

// htmx, where a page has something for it to do. What she has typed or chosen by then is told to it.
export const htmxWhereNeeded = () => {
  if (!document.querySelector("[data-hx-get], [data-hx-post]") || document.querySelector(`script[src="${htmx}"]`)) return;
  const touched = new Map();
  const note = ({ type, target }) => touched.set(type, target);
  for (const type of ["input", "change"]) document.addEventListener(type, note);
  const begin = async () => {
    await arrives("script", { src: htmx });
    for (const type of ["input", "change"]) {
      document.removeEventListener(type, note);
      touched.get(type)?.dispatchEvent(new Event(type, { bubbles: true }));
    }
  };
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
};

// The picture of a process, once somebody opens it.
let drawer;
const draw = async (fold) => {
  const box = fold.open && fold.querySelector("[data-process]");
  if (!box || box.dataset.drawn) return;
  box.dataset.drawn = "yes";
  try {
    drawer ??= Promise.all([
      arrives("link", { rel: "stylesheet", href: box.dataset.style }),
      arrives("script", { src: box.dataset.script }),
    ]);
    await drawer;
    box.dispatchEvent(new Event("process:draw", { bubbles: true }));
  } catch {
    drawer = undefined;
    box.textContent = box.dataset.failed;
  }
};
export const pictures = () => {
  document.addEventListener("toggle", ({ target }) => draw(target), true); // it does not bubble
  document.querySelectorAll("details.process[open]").forEach(draw);
};
