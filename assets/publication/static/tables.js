// Sorting, filtering and switching of the comparator group. Without it every table is there, whole and in order.
"use strict";

const inEnglish = new Intl.Collator("en");

const keyOf = (cell) => {
  const held = cell.dataset.value ?? cell.querySelector("data[value]")?.value;
  const text = held ?? cell.textContent.trim();
  const number = Number(text);
  return text === "" || text.startsWith("[") ? null : Number.isNaN(number) ? text.toLowerCase() : number;
};

// the columns keep their widths while rows move, so that the browser need not weigh every cell anew
function holdColumns(table) {
  if (table.style.tableLayout) return;
  const heads = Array.from(table.tHead.rows[0].cells);
  const widths = heads.map((head) => head.getBoundingClientRect().width);
  heads.forEach((head, column) => { head.style.width = `${widths[column]}px`; });
  table.style.tableLayout = "fixed";
}

function releaseColumns(table) {
  if (!table.style.tableLayout) return;
  table.style.tableLayout = "";
  for (const head of table.tHead.rows[0].cells) head.style.width = "";
}

function sortBy(table, column, heading, keys) {
  const body = table.tBodies[0];
  const up = heading.getAttribute("aria-sort") !== "ascending";
  if (!keys.has(column)) keys.set(column, new Map(Array.from(body.rows, (row) => [row, keyOf(row.cells[column])])));
  const key = keys.get(column);
  const rows = Array.from(body.rows).sort((one, other) => {
    const a = key.get(one), b = key.get(other);
    if (a === null || b === null) return (a === null) - (b === null); // what is missing stays last
    const order = typeof a === "number" && typeof b === "number" ? a - b : inEnglish.compare(a, b);
    return up ? order : -order;
  });
  holdColumns(table);
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...rows);
}

function makeSortable(table) {
  const keys = new Map();
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, column, heading, keys));
    heading.append(button);
  });
  addEventListener("resize", () => releaseColumns(table));
}

function control(bar, label, element) {
  const wrapper = document.createElement("label");
  wrapper.append(label, element);
  bar.append(wrapper);
  return element;
}

function groupChooser(bar, groups) {
  const chooser = control(bar, "Compared with", document.createElement("select"));
  for (const [value, words] of groups) chooser.add(new Option(words, value));
  return chooser;
}

function makeFilterable(table) {
  const place = table.closest(".scroll");
  const bar = document.createElement("div");
  bar.className = "controls";
  place.before(bar);
  const offered = table.dataset.groups ? JSON.parse(table.dataset.groups) : [];
  const chooser = offered.length ? groupChooser(bar, [...offered, ["", "every council of England with a figure"]]) : null;
  const text = control(bar, "Find in this table", document.createElement("input"));
  text.type = "search";
  const told = document.createElement("output");
  told.setAttribute("role", "status");
  bar.append(told);
  const rows = Array.from(table.tBodies[0].rows, (row) => [row, row.textContent.toLowerCase(), (row.dataset.in || "").split(" ")]);
  const apply = () => {
    const group = chooser ? chooser.value : "";
    const wanted = text.value.trim().toLowerCase();
    let seen = 0;
    releaseColumns(table);
    for (const [row, words, groups] of rows) {
      const shows = (!group || groups.includes(group) || groups.includes("us")) && words.includes(wanted);
      row.hidden = !shows;
      seen += shows;
    }
    told.value = `${seen} of ${rows.length} rows shown`;
  };
  if (chooser) chooser.addEventListener("change", apply);
  text.addEventListener("input", apply);
  apply();
}

function makeSwitchable(place) {
  const bodies = Array.from(place.querySelectorAll("tbody[data-group]"));
  const bar = document.createElement("div");
  bar.className = "controls";
  place.before(bar);
  const chooser = groupChooser(bar, bodies.map((body) => [body.dataset.group, body.dataset.words]));
  const told = document.createElement("output");
  told.setAttribute("role", "status");
  bar.append(told);
  chooser.addEventListener("change", () => {
    for (const body of bodies) body.hidden = body.dataset.group !== chooser.value;
    told.value = `Now beside ${chooser.selectedOptions[0].text}`;
  });
}

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("table[data-filterable]").forEach(makeFilterable);
document.querySelectorAll("[data-switchable]").forEach(makeSwitchable);
