// What the keyboard does on the desk. Every page works without it, and every key has a button or a link.
const typing = (event) =>
  event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]") ||
  event.ctrlKey || event.metaKey || event.altKey;
const rows = () => [...document.querySelectorAll("[data-tasks] a.task")].filter((row) => row.offsetParent);
const rowOf = (element) => element?.closest?.("[data-tasks] li")?.querySelector("a.task");

const walk = (step) => {
  const stops = rows();
  const focused = stops.indexOf(rowOf(document.activeElement));
  const here = focused < 0 ? stops.findIndex((stop) => stop.getAttribute("aria-current") === "true") : focused;
  const next = stops[Math.max(0, here + step)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const pick = () => {
  const box = rowOf(document.activeElement)?.closest("li").querySelector("input[type=checkbox]");
  if (box) box.click();
};

// On the queue, a is for the row that has the focus: together with nobody else, and asked once more on the next page.
const approveRow = () => {
  const row = rowOf(document.activeElement);
  if (!row) return false;
  const box = row.closest("li").querySelector("input[type=checkbox]");
  if (!box) row.click();
  else {
    for (const other of box.form.querySelectorAll("input[name=task]")) other.checked = other === box;
    box.form.requestSubmit();
  }
  return true;
};

const keys = {
  j: () => walk(1),
  k: () => walk(-1),
  x: pick,
  "?": () => document.querySelector("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.defaultPrevented) return;
  const key = event.key.toLowerCase();
  const pressed = document.querySelector(`[data-press="${CSS.escape(key)}"]`);
  const named = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (keys[key]) keys[key]();
  else if (key === "a" && document.querySelector("[data-batch]") && approveRow()) return;
  else if (pressed) pressed.click();
  else if (named) {
    named.scrollIntoView({ block: "center" });
    named.focus();
  } else return;
  event.preventDefault();
});

const start = () => {
  for (const button of document.querySelectorAll("[data-keys-open], [data-select-all]")) button.hidden = false;
  unfold();
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) document.querySelector("#keys")?.showModal();
  const all = event.target.closest("[data-select-all]");
  if (!all) return;
  const boxes = [...all.form.querySelectorAll("input[name=task]")];
  const every = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !every;
});

// On a screen with room for it the picture of a case's way stands open, until she folds it; so does that of the next.
const FOLDED = "satu.process.folded";
const unfold = () => {
  if (!matchMedia("(min-width: 960px)").matches) return;
  for (const fold of document.querySelectorAll("details.process[data-unfold]")) {
    try {
      fold.open = localStorage.getItem(FOLDED) === null;
      fold.querySelector("summary").addEventListener("click", () => {
        if (fold.open) localStorage.setItem(FOLDED, "yes");
        else localStorage.removeItem(FOLDED);
      });
    } catch {
      fold.open = true; // this browser keeps nothing
    }
  }
};

// A window is called after the person, once a system has told the name.
document.addEventListener("htmx:oobAfterSwap", () => {
  const title = document.querySelector("#who")?.dataset.title;
  if (title) document.title = title;
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
