// Sorts, filters and searches the tables in `.areas-table`. Without it the page shows them whole, by code.
// Words come from the page: the attributes data-label-… of the block. Nothing is stored, nothing is fetched.
(function () {
  "use strict";

  function element(name, properties, children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...(children || []));
    return made;
  }

  // A cell is sorted by the number or code given as data-sort, else by its text; one without either comes last.
  function keyOf(cell) {
    const marked = cell.querySelector("[data-sort]");
    if (!marked) return null;
    const number = Number(marked.dataset.sort);
    return Number.isNaN(number) ? marked.dataset.sort : number;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0;
  }

  // What a filter takes as the value of a cell: its data-group, else its text.
  function groupOf(cell) {
    const marked = cell.querySelector("[data-group]");
    return marked ? marked.dataset.group : cell.textContent.trim();
  }

  function enhance(box, number) {
    const table = box.querySelector("table");
    if (!table || !table.tBodies.length) return;
    const body = table.tBodies[0];
    const words = box.dataset;
    const headings = Array.from(table.tHead.rows[0].cells);
    const rows = Array.from(body.rows, function (row, place) {
      return { row: row, place: place, text: row.cells[0].textContent.toLowerCase() };
    });
    const filters = [];
    const sorted = { column: -1, direction: 1 };

    const search = element("input", { type: "search", id: "search-" + number, autocomplete: "off" });
    const reset = element("button", { type: "button", className: "reset", textContent: words.labelReset, hidden: true });
    const shown = element("p", { className: "rows-shown" });
    shown.setAttribute("role", "status");
    const controls = element("div", { className: "controls" }, [field(words.labelSearch, search)]);

    function field(label, control) {
      return element("div", { className: "field" }, [
        element("label", { htmlFor: control.id, textContent: label }),
        control,
      ]);
    }

    function addFilter(heading, column) {
      const groups = [];
      for (const item of rows) {
        const group = groupOf(item.row.cells[column]);
        if (!groups.includes(group)) groups.push(group);
      }
      const options = [element("option", { value: "", textContent: words.labelAll })];
      for (const group of groups) options.push(element("option", { value: group, textContent: group }));
      const select = element("select", { id: "filter-" + number + "-" + column }, options);
      filters.push({ column: column, select: select });
      controls.append(field(heading.textContent.trim(), select));
      select.addEventListener("change", update);
    }

    function addSorting(heading, column) {
      const button = element("button", { type: "button", className: "sort" });
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", function () {
        if (sorted.column !== column) {
          sorted.column = column;
          sorted.direction = 1;
        } else if (sorted.direction === 1) {
          sorted.direction = -1;
        } else {
          sorted.column = -1;
        }
        arrange();
      });
    }

    function arrange() {
      const ordered = rows.slice();
      if (sorted.column >= 0) {
        ordered.sort(function (one, other) {
          const keys = [keyOf(one.row.cells[sorted.column]), keyOf(other.row.cells[sorted.column])];
          if (keys[0] === null || keys[1] === null) {
            return (keys[0] === null) - (keys[1] === null) || one.place - other.place;
          }
          return compare(keys[0], keys[1]) * sorted.direction || one.place - other.place;
        });
      }
      headings.forEach(function (heading, column) {
        if (column !== sorted.column) heading.removeAttribute("aria-sort");
        else heading.setAttribute("aria-sort", sorted.direction === 1 ? "ascending" : "descending");
      });
      body.append(...ordered.map(function (item) { return item.row; }));
    }

    function update() {
      const wanted = search.value.trim().toLowerCase();
      let left = 0;
      for (const item of rows) {
        const fits = item.text.includes(wanted) && filters.every(function (filter) {
          return !filter.select.value || groupOf(item.row.cells[filter.column]) === filter.select.value;
        });
        item.row.hidden = !fits;
        if (fits) left += 1;
      }
      reset.hidden = !wanted && filters.every(function (filter) { return !filter.select.value; });
      const text = left ? words.labelShown : words.labelNone;
      shown.textContent = text.replace("{shown}", left).replace("{total}", rows.length);
    }

    headings.forEach(function (heading, column) {
      if (heading.querySelector(".filter")) addFilter(heading, column);
      addSorting(heading, column);
    });
    search.addEventListener("input", update);
    reset.addEventListener("click", function () {
      search.value = "";
      for (const filter of filters) filter.select.value = "";
      update();
      search.focus();
    });
    controls.append(reset, shown);
    box.prepend(controls);
    update();
  }

  document.querySelectorAll(".areas-table").forEach(enhance);
})();
