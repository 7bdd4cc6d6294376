/* A unit's tallies of a period, theme by theme; each number leads to what stands behind it. */
import { h } from "../dom.js";
import { tally } from "../figures.js";
import { number, percent, value_text } from "../format.js";
import { figure, fill_from, sheet } from "../parts.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";
import { show_number } from "./unit_number.js";

export const periods = ["day", "week", "month", "quarter", "year"];

function tiles(row) {
    return h("div", { class: "tiles" },
        figure(tr("Báo cáo đã nhận", "Reports received"), percent(row.received, row.expected), { note: number(row.received) + " / " + number(row.expected) }),
        figure(word("the", "on-time"), percent(row.on_time, row.expected), { note: number(row.on_time) + " / " + number(row.expected) }),
        figure(tr("Khác thường", "Outliers"), number(row.outliers), { tone: row.outliers > 0 ? "warn" : undefined }),
        figure(tr("Nguồn khác nhau", "Disagreements"), number(row.disagreements), { tone: row.disagreements > 0 ? "warn" : undefined }));
}

function rows_by_theme(values, campaign) {
    return campaign.themes.flatMap((theme) => {
        const own = values.filter((v) => v.theme === theme.code);
        return own.length === 0 ? [] : [{ group: title(theme) }, ...own];
    });
}

function number_button(value, context) {
    if (value.value === null) {
        return "–";
    }
    const open = () => sheet(title(value) + ": " + value_text(value.value, value), (body, close) => show_number(body, close, value, context));
    return h("button", { type: "button", class: "btn-cell", onclick: open, "aria-label": value_text(value.value, value) + ": " + tr("xem báo cáo đứng sau", "see the reports behind it") },
        value_text(value.value, value));
}

export async function show_unit(box, context) {
    const { unit, period, campaign, page } = context;
    await fill_from(box, () => tally(unit.unit, period, {}, page.signal), ({ rows: [row] }) => h("div",
        tiles(row),
        h("div", { class: "panel" }, table({
            caption: tr("Bấm vào một số để xem các báo cáo đứng sau nó.", "Press a number to see the reports behind it."),
            columns: [
                { name: word("the", "indicator"), head: true, show: (v) => title(v) },
                { name: word("the", "value"), number: true, show: (v) => number_button(v, context) },
                { name: tr("Số đơn vị", "Units"), number: true, class: "wide-only", show: (v) => number(v.units) },
                { name: tr("Số kỳ báo cáo", "Report periods"), number: true, class: "wide-only", show: (v) => number(v.periods) },
                { name: word("the", "form"), class: "wide-only", show: (v) => h("span", { class: "soft small" }, title(campaign.form_of.get(v.form) || { name: v.form })) },
            ],
            rows: rows_by_theme(row.values, campaign),
            stacked: false,
            none: [tr("Không có biểu mẫu nào cộng được vào kỳ này", "No form adds up to this period"), tr("Chọn kỳ dài hơn.", "Choose a longer period.")],
        }))), { lines: 10 });
}
