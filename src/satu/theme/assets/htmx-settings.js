const settings = {
  allowEval: false,
  allowScriptTags: false,
  historyEnabled: false, // a page about a person is not kept in the browser's storage
  historyCacheSize: 0,
  includeIndicatorStyles: false, // they would be inline
  selfRequestsOnly: true,
  timeout: 15000,
};
const meta = Object.assign(document.createElement("meta"), { name: "htmx-config", content: JSON.stringify(settings) });
document.head.append(meta);
