// The data of the page => its diagrams and tables. Text is only ever set as text.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);

function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// What happened in one execution. An event is [call, caller's position or -1, result, injected,
// callee reached]; an answer, to a request of the functional test, is [positions of the calls that
// the request caused, result].
function requestsOf({events, answers}) {
  const calls = events.map(([id, caller, result, injected, reached]) =>
    ({...data.calls[id], caller, result, injected, reached, children: []}));
  const top = [];
  for (const call of calls) (call.caller >= 0 ? calls[call.caller].children : top).push(call);
  const known = new Map();
  for (const [positions, result] of answers.filter(([of]) => of.length > 0)) {
    const request = {to: calls[positions[0]].from, result, calls: []};
    for (const position of positions) known.set(calls[position], request);
  }
  // Of those whose answer is not known, all to one service count as one.
  const unknown = new Map();
  const requests = new Set();
  for (const call of top) {
    let request = known.get(call) || unknown.get(call.from);
    if (!request) unknown.set(call.from, request = {to: call.from, result: "", calls: []});
    request.calls.push(call);
    requests.add(request);
  }
  return [...requests];
}

function isBad(result) {
  return !/^(2\d\d\b|3\d\d\b|OK$|$)/.test(result);
}

// What happened, in order: {from, to, label, kind: "call" | "lost" | "return", tone}. Tones: "bad"
// for what was injected and what the test failed with, "warn" for what came of it.
function stepsOf(test, requests, failed) {
  const steps = [];
  const add = (call) => {
    const lost = call.injected && !call.reached;
    steps.push({from: call.from, to: call.to, label: call.label, kind: lost ? "lost" : "call",
                tone: lost ? "bad" : ""});
    call.children.forEach(add);
    const result = call.result || "no answer";
    steps.push({from: call.to, to: call.from, kind: "return", lost,
                label: call.injected ? "injected: " + result : result,
                tone: call.injected ? "bad" : isBad(call.result) ? "warn" : ""});
  };
  const told = requests.some(({result}) => isBad(result));
  for (const {to, result, calls} of requests) {
    steps.push({from: test, to, label: "request", kind: "call", tone: ""});
    calls.forEach(add);
    const bad = failed && (isBad(result) || !told);
    steps.push({from: to, to: test, label: result || "answer", kind: "return",
                tone: bad ? "bad" : isBad(result) ? "warn" : ""});
  }
  return steps;
}

function cut(text, pixels) {
  const most = Math.max(4, Math.floor(pixels / 6.6));
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

function label(text, x, y, width, tone = "") {
  const node = svg("text", {x, y, "text-anchor": "middle", class: tone}, cut(text, width));
  node.append(svg("title", {}, text));
  return node;
}

function head(x, y, right, tone) {
  return svg("path", {class: `head ${tone}`, d: `M${x},${y} l${right ? -9 : 9},-4.5 v9 z`});
}

function drawStep(step, place, column, y) {
  const group = svg("g");
  const from = place(step.from);
  let to = place(step.to);
  const arrow = `arrow ${step.tone} ${step.kind === "return" ? "back" : ""}`;
  if (from === to) {
    group.append(svg("path", {class: arrow, d: `M${from},${y - 7} h34 v12 h-28`}),
                 head(from + 2, y + 5, false, step.tone),
                 label(step.label, from + column / 2, y - 10, column, step.tone));
    return group;
  }
  const right = to > from;
  let start = from;
  // A fault strikes on the way: the call never arrives, and what comes back starts there.
  if (step.kind === "lost") to = to - (right ? 1 : -1) * column * 0.3;
  if (step.kind === "return" && step.lost) start = from - (right ? -1 : 1) * column * 0.3;
  group.append(svg("path", {class: arrow, d: `M${start},${y} H${to}`}));
  if (step.kind === "lost") {
    group.append(svg("path", {class: "cross", d: `M${to - 6},${y - 6} l12,12 m0,-12 l-12,12`}));
  } else {
    group.append(head(to, y, right, step.tone));
  }
  const room = Math.max(Math.abs(to - start), column) - 20;
  group.append(label(step.label, (start + to) / 2, y - 7, room, step.tone));
  return group;
}

// Who called whom, where the fault was injected, what came back.
function diagram(execution, failed) {
  const requests = requestsOf(execution);
  if (requests.length === 0) return element("p", {class: "note"}, "No call was seen.");
  const test = "functional test", status = execution.status || "exit code 0";
  const steps = stepsOf(test, requests, failed);
  const names = [test];
  for (const step of steps) {
    for (const name of [step.from, step.to]) if (!names.includes(name)) names.push(name);
  }
  const longest = Math.max(...steps.map((step) => step.label.length));
  // As wide as the labels need, and narrower if all fit the page then.
  const wanted = Math.min(270, Math.max(160, longest * 7 + 24));
  const column = innerWidth < 640 ? 150
    : Math.max(160, Math.min(wanted, (Math.min(innerWidth, 1200) - 240) / (names.length - 1)));
  const box = Math.min(column - 12, 18 + 7.4 * Math.max(...names.map((name) => name.length)));
  // Where nobody says what passes between the functional test and the first service, that needs no
  // room.
  const narrow = 58 + box / 2 + 10, told = requests.some(({result}) => result);
  const first = told ? Math.max(narrow, column) : narrow, row = 38, left = 64, boxes = 44;
  const place = (name) => {
    const index = names.indexOf(name);
    return left + (index === 0 ? 0 : first + (index - 1) * column);
  };
  const width = place(names.at(-1)) + Math.max(left, box / 2 + 6);
  const height = boxes + (steps.length + 1) * row + 34;
  const said = steps.map((step) => `${step.from} to ${step.to}: ${step.label}` +
                         (step.kind === "lost" ? " (does not arrive)" : "")).join("; ");
  const picture = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
                              "aria-label": `Sequence diagram. ${said}; ${test}: ${status}`});
  for (const name of names) {
    const x = place(name), room = name === test ? 116 : box;
    picture.append(svg("g", {class: "who"},
      svg("line", {class: "life", x1: x, y1: boxes - 8, x2: x, y2: height - 30}),
      svg("rect", {x: x - room / 2, y: 8, width: room, height: 28, rx: 7}),
      label(name, x, 26, room - 14)));
  }
  steps.forEach((step, i) => picture.append(drawStep(step, place, column, boxes + (i + 1) * row)));
  picture.append(svg("text", {x: 8, y: height - 12, class: failed ? "bad" : ""},
                     `${test}: ${status}`));
  return element("figure", {tabindex: "0", role: "group", "aria-label": "Sequence diagram"},
                 picture);
}

function listOf(requests) {
  const list = element("ol", {class: "calls"});
  for (const {to, result, calls} of requests) {
    addCalls(list, calls);
    if (result) list.append(element("li", {}, `${to} → functional test: ${result}`));
  }
  return list;
}

function addCalls(list, calls) {
  for (const call of calls) {
    const result = call.injected ? `injected: ${call.result}` : call.result || "no answer";
    const item = element("li", {}, `${call.words} (${call.label}, ${call.place}): ${result}`);
    if (call.children.length > 0) {
      const inner = element("ol", {class: "calls"});
      addCalls(inner, call.children);
      item.append(inner);
    }
    list.append(item);
  }
}

// A table of which one page is in the document, whatever the number of items.
class PagedTable {
  constructor(root, {items, what, columns, row, filters = [], sorts = [], text, size}) {
    Object.assign(this, {items, what, row, text, size, filters: [], page: 0});
    this.search = element("input", {type: "search", spellcheck: "false", autocomplete: "off"});
    const controls = element("div", {class: "controls", role: "search"},
      element("label", {class: "search"}, `Search ${what}`, this.search));
    for (const {name, options, matches} of filters) {
      const select = element("select", {},
        ...options.map((option) => element("option", {}, option)));
      controls.append(element("label", {}, name, select));
      this.filters.push({select, matches});
    }
    if (sorts.length > 0) {
      this.sort = element("select", {},
        ...sorts.map(({name}, i) => element("option", {value: i}, name)));
      this.sorts = sorts;
      controls.append(element("label", {}, "Order", this.sort));
    }
    controls.addEventListener("input", () => { this.page = 0; this.update(); });
    this.body = element("tbody");
    const header = element("tr", {}, ...columns.map(([name, kind]) =>
      element("th", {scope: "col", class: kind || ""}, name)));
    const table = element("table", {}, element("thead", {}, header), this.body);
    this.status = element("span", {role: "status"});
    this.previous = element("button", {type: "button"}, "Previous");
    this.next = element("button", {type: "button"}, "Next");
    this.previous.addEventListener("click", () => { --this.page; this.draw(); });
    this.next.addEventListener("click", () => { ++this.page; this.draw(); });
    const scroll = {class: "scroll", tabindex: "0", role: "region", "aria-label": what};
    root.append(controls, element("div", scroll, table),
                element("div", {class: "pager"}, this.status, this.previous, this.next));
    this.update();
  }

  update() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter((word) => word);
    this.shown = this.items.filter((item) =>
      this.filters.every(({select, matches}) =>
        select.selectedIndex === 0 || matches(item, select.value)) &&
      words.every((word) => this.text(item).toLowerCase().includes(word)));
    if (this.sort) this.shown.sort(this.sorts[this.sort.value].compare);
    this.draw();
  }

  draw() {
    const first = this.page * this.size;
    const rows = this.shown.slice(first, first + this.size);
    this.body.replaceChildren(...rows.map((item) => this.row(item)));
    const count = (number) => number.toLocaleString("en");
    this.status.textContent = rows.length === 0 ? `No ${this.what} like that`
      : `${count(first + 1)}–${count(first + rows.length)} of ${count(this.shown.length)}`;
    this.previous.disabled = this.page === 0;
    this.next.disabled = first + this.size >= this.shown.length;
  }

  // Makes an item visible; returns its row.
  reveal(item) {
    if (!this.shown.includes(item)) {
      this.search.value = "";
      for (const {select} of this.filters) select.selectedIndex = 0;
      this.update();
    }
    this.page = Math.floor(this.shown.indexOf(item) / this.size);
    this.draw();
    return this.body.querySelector(`#test-${item.number}`);
  }
}

function executionDetail(execution) {
  const failed = execution.outcome !== "passed";
  const box = element("div", {}, element("h4", {}, "What happened"));
  const picture = element("div", {class: "diagram"});
  picture.append(diagram(execution, failed));
  box.append(picture);
  for (const reason of execution.undelivered) {
    box.append(element("p", {class: "missing"}, `A planned fault was not delivered: ${reason}`));
  }
  const calls = element("details", {}, element("summary", {}, "The calls, as a list"));
  calls.append(listOf(requestsOf(execution)));
  box.append(calls);
  if (execution.output) {
    box.append(element("h4", {}, "What the functional test wrote"),
               element("pre", {class: "output", tabindex: "0"}, execution.output));
  }
  return box;
}

function executionRow(execution) {
  const toggle = element("button", {type: "button", class: "toggle", "aria-expanded": "false"},
                         execution.words);
  const outcome = element("span", {class: `badge ${execution.outcome}`}, execution.outcome);
  const row = element("tr", {id: `test-${execution.number}`},
    element("td", {class: "number"}, String(execution.number)), element("td", {}, toggle),
    element("td", {}, outcome, ` ${[execution.status, execution.answered].filter(Boolean).join("; ")}`),
    element("td", {class: "number time"}, `${execution.ms.toFixed(0)} ms`));
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-expanded") === "true";
    toggle.setAttribute("aria-expanded", String(!open));
    if (open) row.nextElementSibling.remove();
    else row.after(element("tr", {class: "detail"},
                           element("td", {colspan: "4"}, executionDetail(execution))));
  });
  return row;
}

const executions = data.executions.map(
  ([number, words, outcome, status, ms, events, output, undelivered, answers,
    answered]) =>
    ({number, words, outcome, status, ms, events, output, undelivered, answers, answered}));
const faultCount = ({words}) => words.split(" + ").length;
const numbered = (a, b) => a.number - b.number;
const table = new PagedTable(document.getElementById("executions-table"), {
  items: executions, what: "executions", size: 50,
  columns: [["Test", "number"], ["Faults"], ["Outcome"], ["Time", "number time"]],
  row: executionRow,
  text: ({number, words, outcome, status, answered}) =>
    `test ${number} ${words} ${outcome} ${status} ${answered}`,
  filters: [{name: "Outcome", options: ["all", "passed", "failed", "undelivered"],
             matches: (execution, value) => execution.outcome === value}],
  sorts: [{name: "as run", compare: numbered},
          {name: "slowest first", compare: (a, b) => b.ms - a.ms},
          {name: "most faults first",
           compare: (a, b) => faultCount(b) - faultCount(a) || numbered(a, b)}],
});

const skipped = document.getElementById("skipped-table");
if (skipped) {
  const kinds = [...new Set(data.skipped.map(([, , , kind]) => kind))];
  new PagedTable(skipped, {
    items: data.skipped, what: "skipped fault sets", size: 20,
    columns: [["Faults"], ["Why it was not run"]],
    row: ([, words, reason]) =>
      element("tr", {}, element("td", {}, words), element("td", {}, reason)),
    text: ([number, words, reason]) => `test ${number} ${words} ${reason}`,
    filters: [{name: "Reason", options: ["all", ...kinds],
               matches: (item, value) => item[3] === value}],
  });
}

for (const place of document.querySelectorAll("[data-bug]")) {
  const {calls: events, answers, status} = data.bugs[place.dataset.bug];
  place.append(diagram({events, answers, status}, true));
}

// A wide map shrinks to what is there, as long as it can be read; 96 of our pixels are 72 of its.
for (const map of document.querySelectorAll(".map svg")) {
  map.style.minWidth = `${map.viewBox.baseVal.width * (96 / 72) * 0.65}px`;
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const command = button.previousElementSibling;
    getSelection().selectAllChildren(command);
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: press Ctrl+C";
    }
  });
}

// #test-11 opens that execution, wherever in the table it is.
function followHash() {
  const match = /^#test-(\d+)$/.exec(location.hash);
  const execution = match && executions.find(({number}) => number === Number(match[1]));
  if (!execution) return;
  const toggle = table.reveal(execution).querySelector(".toggle");
  if (toggle.getAttribute("aria-expanded") === "false") toggle.click();
  toggle.focus({preventScroll: true});
  toggle.closest("tr").scrollIntoView({block: "center"});
}
addEventListener("hashchange", followHash);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#test-']");
  if (link && link.getAttribute("href") === location.hash) followHash();
});
followHash();
