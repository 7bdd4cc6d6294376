/* A CSV file that was dropped in, as rows of data values. Two layouts: a row a value, with DHIS2's
 * column names (dataelement, period, orgunit, value), and a row a report (unit, period, then a column
 * an indicator), as `thidua import` takes both. Nothing is sent from here. */

export const BYTES_MAX = 8 * 1024 * 1024; // a district's year; more belongs to `thidua import`
export const ROWS_MAX = 50000;

/* Rows of cells, each with its line: {line, cells}. Quotes as RFC 4180 has them; null: a quote never ends. */
export function csv_rows(text) {
    const rows = [];
    const separator = separator_of(text);
    let cells = [], cell = "", quoted = false, line = 1, begun = 1, any = false;
    const row_end = () => {
        cells.push(cell);
        if (any || cells.length > 1) {
            rows.push({line: begun, cells});
        }
        cells = [];
        cell = "";
        any = false;
    };
    for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
        const c = text[i];
        line += c === "\n" ? 1 : 0;
        if (quoted) {
            if (c !== "\"") {
                cell += c;
            } else if (text[i + 1] === "\"") {
                cell += "\"";
                i++;
            } else {
                quoted = false;
            }
        } else if (c === "\"" && cell === "") {
            quoted = any = true;
        } else if (c === separator) {
            cells.push(cell);
            cell = "";
        } else if (c === "\n") {
            row_end();
            begun = line;
        } else if (c !== "\r") {
            cell += c;
            any = true;
        }
    }
    if (quoted) {
        return null;
    }
    if (any || cells.length > 0) {
        row_end();
    }
    return rows;
}

/* Vietnamese and European spreadsheets write semicolons; the first line tells. */
function separator_of(text) {
    const head = text.slice(0, Math.max(0, text.indexOf("\n")) || text.length);
    return ["\t", ";"].find(each => head.includes(each) && !head.includes(",")) ?? ",";
}

const LONG = {dataelement: "indicator", data_element: "indicator", indicator: "indicator", period: "period", orgunit: "unit",
    org_unit: "unit", unit: "unit", value: "value", dataset: "form", data_set: "form", form: "form"};

/*
 * {layout: 'long' | 'wide', header, rows, cells: [{row, column, unit, period, indicator, value, form}], wrong: [{row, column, kind, found}]}.
 * `row` is a place in `rows` (null: the file's, or its header's), `column` a cell of it, so that a complaint can
 * stand beside what it is about. wrong.kind: 'quote', 'empty', 'header', 'column', 'cells', 'rows'.
 */
export function csv_read(text, campaign) {
    const rows = csv_rows(text);
    const result = {layout: null, header: [], rows: [], cells: [], wrong: []};
    if (rows === null || rows.length < 2) {
        result.wrong.push({row: null, column: null, kind: rows === null ? "quote" : "empty"});
        return result;
    }
    result.header = rows[0].cells.map(each => each.trim());
    result.rows = rows.slice(1);
    if (result.rows.length > ROWS_MAX) {
        result.wrong.push({row: null, column: null, kind: "rows", found: ROWS_MAX});
        return result;
    }
    const names = result.header.map(each => LONG[each.toLowerCase()] ?? null);
    const place = name => names.indexOf(name);
    if (place("unit") < 0 || place("period") < 0) {
        result.wrong.push({row: null, column: null, kind: "header"});
        return result;
    }
    if (place("indicator") >= 0 && place("value") >= 0) {
        result.layout = "long";
        long_take(result, place);
    } else {
        result.layout = "wide";
        wide_take(result, names, campaign);
    }
    return result;
}

function long_take(result, place) {
    result.rows.forEach((row, i) => {
        const at = name => (place(name) < 0 ? "" : row.cells[place(name)] ?? "").trim();
        result.cells.push({row: i, column: place("value"), unit: at("unit"), period: at("period"), indicator: at("indicator"),
            value: at("value"), form: at("form")});
    });
}

function wide_take(result, names, campaign) {
    const known = new Set(campaign.indicators.map(each => each.code));
    const columns = [];
    result.header.forEach((name, column) => {
        if (names[column] !== null) {
            return;
        }
        if (known.has(name)) {
            columns.push(column);
        } else {
            result.wrong.push({row: null, column, kind: "column", found: name});
        }
    });
    result.rows.forEach((row, i) => {
        if (row.cells.length !== result.header.length) {
            result.wrong.push({row: i, column: null, kind: "cells", found: row.cells.length});
            return;
        }
        const at = name => (names.indexOf(name) < 0 ? "" : row.cells[names.indexOf(name)]).trim();
        for (const column of columns) {
            const value = row.cells[column].trim();
            if (value !== "") {
                result.cells.push({row: i, column, unit: at("unit"), period: at("period"), indicator: result.header[column], value, form: at("form")});
            }
        }
    });
}

/* The gateway's import of what was read; `conflicts[].indexes` are places in `cells`. */
export function csv_import(cells, form) {
    return {
        ...(form ? {dataSet: form} : {}),
        dataValues: cells.map(each => ({
            dataElement: each.indicator, period: each.period, orgUnit: each.unit, value: each.value,
            ...(each.form && !form ? {dataSet: each.form} : {}),
        })),
    };
}
