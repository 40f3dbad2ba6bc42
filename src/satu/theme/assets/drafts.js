// Answers that somebody typed outlive a lost connection: they are kept on this telephone, under the account and the
// request, until the request is sent or she signs out. Whoever signs in after her finds nothing of hers.
const PREFIX = "satu-draft:";
const LASTS = 7 * 24 * 3600 * 1000;
const FILES_AND_SECRETS = new Set(["csrfmiddlewaretoken", "asked", "asks_more", "token"]);

const read = (key) => {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Date.now() - kept.at < LASTS ? kept : null;
  } catch {
    return null;
  }
};
const write = (key, kept) => {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
    return true;
  } catch {
    return false; // a full or forbidden storage: then nothing is promised
  }
};
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

const answersOf = (form) => {
  const answers = {};
  for (const { type, name } of form.elements) if (type === "checkbox") answers[name] = []; // none of them is an answer, too
  for (const [name, value] of new FormData(form)) {
    if (FILES_AND_SECRETS.has(name) || typeof value !== "string") continue;
    (answers[name] ||= []).push(value);
  }
  return answers;
};

// Only what the page itself left open is filled in: what the server says she answered is newer. Boxes are never left
// open: the server ticks some of them beforehand, and whom she left out stays left out.
const fillIn = (form, answers) => {
  let filled = false;
  for (const [name, values] of Object.entries(answers)) {
    const fields = [...form.querySelectorAll("input, textarea, select")].filter((field) => field.name === name);
    const choices = fields.filter((field) => field.type === "radio" || field.type === "checkbox");
    if (choices.length) {
      if (choices.some((field) => field.type === "radio" && field.checked)) continue;
      for (const field of choices) {
        filled ||= field.checked !== values.includes(field.value);
        field.checked = values.includes(field.value);
      }
    } else if (fields[0] && fields[0].type !== "hidden" && fields[0].type !== "file" && !fields[0].value && values[0]) {
      [fields[0].value] = values;
      filled = true;
    }
  }
  return filled;
};

export const keepDraft = (form) => {
  const key = PREFIX + form.dataset.draft;
  const note = form.querySelector("[data-draft-note]");
  const say = (what) => {
    const text = what && note ? note.dataset[what] : "";
    if (!note) return;
    note.hidden = !text;
    note.querySelector("[data-said]").textContent = text || "";
  };
  let waiting = false;
  let touched = false; // what nobody has written in is not kept, and says nothing of itself

  const keep = () => {
    touched = true;
    const kept = write(key, { at: Date.now(), answers: answersOf(form), waiting });
    if (!navigator.onLine) say(kept ? (waiting ? "waiting" : "kept") : "lost");
    return kept;
  };
  let asking = false;
  const parts = () => [...document.querySelectorAll(".failed[data-hx-post]")];
  // The telephone says that it is connected a little before an answer comes through: ask first, and then send what
  // waits, or fetch what her answers have changed meanwhile.
  const goOnWhenReached = async () => {
    if (asking) return;
    asking = true;
    for (let pause = 200; (waiting || parts().length) && navigator.onLine; pause = Math.min(2 * pause, 10_000)) {
      const answer = await fetch(form.dataset.probe, { method: "HEAD", cache: "no-store" }).catch(() => null);
      if (!answer?.ok) await new Promise((resolve) => setTimeout(resolve, pause));
      else if (waiting) send();
      else fetchAgain();
    }
    asking = false;
  };
  const fetchAgain = () => {
    for (const part of parts()) part.classList.remove("failed");
    (form.querySelector("#questions") ?? form).dispatchEvent(new Event("change", { bubbles: true }));
  };
  const send = () => {
    waiting = false;
    keep();
    say("sending");
    form.requestSubmit(form.querySelector("button[type=submit]:not([formaction])"));
  };

  const before = read(key);
  if (before && fillIn(form, before.answers)) {
    touched = true;
    say("restored");
    if (form.closest("details")) form.closest("details").open = true;
    form.querySelector("input:not([type=hidden]), textarea")?.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener(
    "submit",
    (event) => {
      if (navigator.onLine) {
        keep();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation(); // so that it does not count as sent
      waiting = true;
      keep();
    },
    true,
  );
  const first = document.querySelector("form[data-draft]") === form;
  addEventListener("offline", () => {
    if (touched || first) keep();
  });
  addEventListener("online", () => {
    if (!waiting) say("");
    goOnWhenReached();
  });
  waiting = Boolean(before?.waiting);
  if (waiting && navigator.onLine) goOnWhenReached();
  else if (!navigator.onLine && first) keep();
};

// A form that was taken says so in the address of the page behind it: of that, nothing is kept any more.
const forgetSent = () => {
  const sent = new URLSearchParams(location.search).get("terkirim");
  if (!sent) return;
  for (const key of keys()) if (key.endsWith(`:${sent}`)) localStorage.removeItem(key);
  history.replaceState(null, "", location.pathname + location.hash);
};

export const drafts = () => {
  forgetSent();
  for (const note of document.querySelectorAll("[data-kept-note]")) note.hidden = !keys().length;
  for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
  for (const sent of document.querySelectorAll("[data-draft-sent]")) localStorage.removeItem(PREFIX + sent.dataset.draftSent);
  for (const form of document.querySelectorAll("form[data-draft-drop]")) {
    form.addEventListener("submit", () => localStorage.removeItem(PREFIX + form.dataset.draftDrop));
  }
  for (const key of keys()) if (!read(key)) localStorage.removeItem(key);
  for (const out of document.querySelectorAll("form[data-sign-out]")) {
    out.addEventListener("submit", () => keys().forEach((key) => localStorage.removeItem(key)));
  }
};
