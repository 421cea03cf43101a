// Sorting, filtering, switching of the comparator group, and rows as cards where a screen is narrow. Without it every
// table is there, whole and in order.
"use strict";

const inEnglish = new Intl.Collator("en");

// what is said beside another comparator group is there, and hidden
const textOf = (part) => {
  if (!part.querySelector("[data-group]")) return part.textContent;
  const seen = part.cloneNode(true);
  seen.querySelectorAll("[data-group][hidden]").forEach((one) => one.remove());
  return seen.textContent;
};

const keyOf = (cell) => {
  const held = cell.dataset.value ?? cell.querySelector("data[value]")?.value;
  const text = held ?? textOf(cell).trim();
  const number = Number(text);
  return text === "" || text.startsWith("[") ? null : Number.isNaN(number) ? text.toLowerCase() : number;
};

// the columns keep their widths while rows move, so that the browser need not weigh every cell anew
function holdColumns(table) {
  if (table.style.tableLayout || getComputedStyle(table).display !== "table") return;
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
  table.addEventListener("regrouped", () => keys.clear());
  addEventListener("resize", () => releaseColumns(table));
}

function control(bar, label, element) {
  const wrapper = document.createElement("label");
  wrapper.append(label, element);
  bar.append(wrapper);
  return element;
}

function barBefore(place) {
  const there = place.previousElementSibling;
  if (there?.matches(".controls")) return there;
  const bar = document.createElement("div");
  bar.className = "controls";
  place.before(bar);
  return bar;
}

function groupChooser(bar, groups, about) {
  const chooser = control(bar, "Compared with", document.createElement("select"));
  // of several on a page each says of which table it is
  chooser.setAttribute("aria-label", `Compared with: ${about}`);
  for (const [value, words] of groups) chooser.add(new Option(words, value));
  return chooser;
}

function makeFilterable(table) {
  const place = table.closest(".scroll");
  const bar = barBefore(place);
  const offered = table.dataset.groups ? JSON.parse(table.dataset.groups) : [];
  const chooser = offered.length ? groupChooser(bar, [...offered, ["", "every council of England with a figure"]], place.ariaLabel) : null;
  const text = control(bar, "Find in this table", document.createElement("input"));
  text.setAttribute("aria-label", `Find in this table: ${place.ariaLabel}`);
  text.type = "search";
  const told = document.createElement("output");
  told.setAttribute("role", "status");
  bar.append(told);
  const read = () => Array.from(table.tBodies[0].rows, (row) => [row, textOf(row).toLowerCase(), (row.dataset.in || "").split(" ")]);
  let rows = read();
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
  table.addEventListener("regrouped", () => { rows = read(); apply(); });
  apply();
}

function makeSwitchable(place) {
  const groups = JSON.parse(place.dataset.switchable);
  if (groups.length < 2) return;
  const region = place.querySelector(".scroll") ?? place;
  const bar = barBefore(region);
  const chooser = groupChooser(bar, groups, region.ariaLabel);
  const told = document.createElement("output");
  told.setAttribute("role", "status");
  bar.append(told);
  chooser.addEventListener("change", () => {
    for (const part of place.querySelectorAll("[data-group]")) part.hidden = !part.dataset.group.split(" ").includes(chooser.value);
    for (const table of place.querySelectorAll("table")) table.dispatchEvent(new Event("regrouped"));
    told.value = `Now beside ${chooser.selectedOptions[0].text}`;
  });
}

// laid out as cards, rows and cells are no table to a screen reader unless they say so
function sayRoles(table) {
  const roles = { thead: "rowgroup", tbody: "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
  table.setAttribute("role", "table");
  for (const [parts, role] of Object.entries(roles)) {
    for (const part of table.querySelectorAll(parts)) part.setAttribute("role", role);
  }
}

function makeCards(table, narrow) {
  const labels = Array.from(table.tHead.rows[0].cells, (head) => head.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr")) {
    Array.from(row.cells).forEach((cell, column) => { cell.dataset.label ??= labels[column]; });
  }
  sayRoles(table);
  const apply = () => {
    releaseColumns(table);
    table.classList.toggle("stack", table.matches(".cards") || narrow.matches);
  };
  narrow.addEventListener("change", apply);
  apply();
}

const phone = matchMedia("(max-width: 34rem)");
document.querySelectorAll(".scroll table:not(.ranking)").forEach((table) => makeCards(table, phone));
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("[data-switchable]").forEach(makeSwitchable);
document.querySelectorAll("table[data-filterable]").forEach(makeFilterable);
