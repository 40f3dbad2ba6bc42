// htmx, as strict as our pages are: it reads its settings from the page before it looks at anything.
import "./htmx-settings.js";
import "htmx.org";
