// Sorting, filtering and switching of the comparator group. Without it every table is there, whole and in order.
"use strict";

const keyOf = (row, column) => {
  const cell = row.cells[column];
  const data = cell.querySelector("data[value]");
  const text = data ? data.value : cell.textContent.trim();
  const number = Number(text);
  return text === "" || text.startsWith("[") ? null : Number.isNaN(number) ? text.toLowerCase() : number;
};

function sortBy(table, column, heading) {
  const body = table.tBodies[0];
  const up = heading.getAttribute("aria-sort") !== "ascending";
  const rows = Array.from(body.rows, (row) => [keyOf(row, column), row]);
  rows.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null); // what is missing stays last
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
    return up ? order : -order;
  });
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, column, heading));
    heading.append(button);
  });
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
