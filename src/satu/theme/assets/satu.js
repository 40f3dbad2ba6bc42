// What JavaScript adds. Every page works without it.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { drafts } from "./drafts.js";
import { htmxWhereNeeded, pictures } from "./late.js";
import { keepTyping } from "./typing.js";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";

// A link to give away: by the telephone's own way of sharing, else to be pasted.
const shares = () => {
  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.share && !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const url = button.dataset.share;
      try {
        if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ url });
        else {
          await navigator.clipboard.writeText(url);
          button.querySelector("span").textContent = button.dataset.done;
        }
      } catch {
        // She thought better of it, or the browser did: the link stands above the button.
      }
    });
  }
};

const start = () => {
  document.body.classList.add("govuk-frontend-supported", "js");
  for (const element of document.querySelectorAll("[data-module=govuk-error-summary]")) new ErrorSummary(element);
  for (const element of document.querySelectorAll("[data-module=govuk-skip-link]")) new SkipLink(element);
  htmxWhereNeeded(); // before a draft is filled in: it is told of that
  drafts();
  keepTyping();
  shares();
  pictures();
  if (document.querySelector("link[rel=manifest]")) navigator.serviceWorker?.register("/sw.js").catch(() => {});
};

// The name box: / from anywhere; arrows walk the results.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.querySelector("main [data-shortcut='/']") ?? document.querySelector("[data-shortcut='/']");
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const list = document.querySelector("[data-walk]");
  if (!list || (event.target !== box && !list.contains(event.target))) return;
  const stops = [box, ...list.querySelectorAll("button, a[href]")].filter(Boolean);
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

// A menu that is open closes by Escape and by a click elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});

// One press, one request: a form that is on its way is not sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else if (form.hasAttribute("data-once")) form.dataset.sent = "yes";
  // Whoever came by the skip link stands at #main. A form without an address would take that along, and the browser
  // would go there again instead of to what is wrong.
  if (!form.hasAttribute("action")) form.action = location.pathname + location.search;
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A file may be dropped anywhere on its box; the browser's own input stays what it is.
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("drop--over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      const input = zone.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.form.requestSubmit();
    }
  });
}

// A part of a page that could not be fetched says so, and offers to try again.
document.addEventListener("htmx:sendError", (event) => event.target.classList.add("failed"));
document.addEventListener("htmx:responseError", (event) => event.target.classList.add("failed"));
document.addEventListener("htmx:timeout", (event) => event.target.classList.add("failed"));

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();

// A key that does not answer: say so on the page, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const told of document.querySelectorAll("[data-key-trouble]")) told.hidden = false;
});
