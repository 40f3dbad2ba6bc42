// Questions are fetched again as she answers. What she typed or chose in the meantime is newer than what comes back, so it
// stays; a file that she chose is here alone, and no server could give it back.
const kept = (field) => field.name && field.type !== "hidden";
const fieldsOf = (part) => [...part.querySelectorAll("input, textarea, select")].filter(kept);
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
const mark = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
const property = (field) => (field.type === "file" ? "files" : isChoice(field) ? "checked" : "value");

export const keepTyping = () => {
  let typed = new Map();
  let newer = false;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "questions") return;
    typed = new Map(fieldsOf(detail.target).map((field) => [mark(field), field[property(field)]]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    const part = document.getElementById("questions");
    for (const field of part ? fieldsOf(part) : []) {
      if (!typed.has(mark(field))) continue;
      const what = property(field);
      newer ||= what !== "files" && field[what] !== typed.get(mark(field));
      field[what] = typed.get(mark(field));
    }
    typed = new Map();
  });
  // Only now does the new part listen: what the newer answers change is asked for, too.
  document.addEventListener("htmx:afterSettle", () => {
    if (newer) document.getElementById("questions")?.dispatchEvent(new Event("change", { bubbles: true }));
    newer = false;
  });
};
