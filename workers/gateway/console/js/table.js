/* Tables: a caption, heads with scope, figures at the right, sorted by a click where a column can be; on a phone each row
 * becomes a small card (stacked), or the table scrolls by itself. */
import { h, replace } from "./dom.js";
import { number } from "./format.js";
import { empty } from "./parts.js";
import { language, tr } from "./words.js";

function class_of(column) {
    return [column.number && "number", column.class].filter(Boolean).join(" ") || undefined;
}

function cell(column, row, stacked) {
    const shown = column.show(row);
    const attributes = { class: class_of(column), "data-label": stacked && !column.head ? column.name : undefined };
    return column.head ? h("th", { scope: "row", ...attributes }, shown) : h("td", attributes, h("span", shown));
}

function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") {
        return a - b;
    }
    return String(a ?? "").localeCompare(String(b ?? ""), language());
}

function sorted(rows, column, down) {
    const fixed = rows.filter((row) => row.strong);
    const others = rows.filter((row) => !row.strong);
    others.sort((a, b) => (down ? -1 : 1) * compare(column.sort(a), column.sort(b)));
    return [...fixed, ...others];
}

/* The rows of which only the first are shown at first: what is under the button is drawn when it is asked for. */
function draw_some(draw, below, list, first) {
    const all = first === undefined || list.length <= first;
    draw(all ? list : list.slice(0, first));
    replace(below, !all && h("button", { type: "button", class: "btn btn-plain mt-3", onclick: () => draw_some(draw, below, list) },
        tr(`Xem cả ${number(list.length)} dòng`, `Show all ${number(list.length)} rows`)));
}

/* table({caption, hidden_caption, columns, rows, none, stacked, first, row_attributes}).
 * column: {name, show: (row) => node or text, number: right-aligned, head: this cell names the row, sort: (row) => number or
 * text, class}. A row with `strong` is a total and stays on top; a row with `group` is a heading over the rows after it.
 * none: [heading, what to do] where there are no rows. first: how many rows are shown until all are asked for. */
export function table({ caption, hidden_caption = false, columns, rows, none, stacked = true, first, row_attributes = () => ({}) }) {
    if (rows.length === 0 && none) {
        return empty(...none);
    }
    const body = h("tbody");
    const below = h("div", { class: "no-print" });
    const draw = (list) => replace(body, list.map((row) => row.group !== undefined
        ? h("tr", { class: "group" }, h("th", { scope: "colgroup", colspan: columns.length }, row.group))
        : h("tr", { "data-strong": row.strong, ...row_attributes(row) }, columns.map((c) => cell(c, row, stacked)))));
    const heads = columns.map((column) => {
        const head = h("th", { scope: "col", class: class_of({ number: column.number, class: column.class === "wide-only" && column.class }) });
        if (!column.sort) {
            head.append(column.name);
            return head;
        }
        head.append(h("button", { type: "button", class: "sorter", onclick: () => {
            const down = head.getAttribute("aria-sort") === (column.number ? "descending" : "ascending") ? !column.number : Boolean(column.number);
            heads.forEach((other) => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", down ? "descending" : "ascending");
            draw_some(draw, below, sorted(rows, column, down), first);
        } }, column.name));
        return head;
    });
    draw_some(draw, below, rows, first);
    return h("div", h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption || tr("Bảng", "Table") },
        h("table", { class: "table-data" + (stacked ? " table-stacked" : "") },
            caption && h("caption", { class: hidden_caption ? "visually-hidden" : undefined }, caption),
            h("thead", h("tr", heads)), body)), below);
}
