/* What stands behind a number: of a unit with others beneath it, their shares; of a unit that reports by itself, its reports of
 * the period with every earlier revision. */
import { get } from "../api.js";
import { h } from "../dom.js";
import { tally } from "../figures.js";
import { number, time_of, value_text } from "../format.js";
import { badge, empty, fill_from } from "../parts.js";
import { period_name } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { tr, word } from "../words.js";

const same = (value) => (v) => v.form === value.form && v.indicator === value.indicator;

function shares(answer, value, context, close) {
    const rows = answer.rows.slice(1)
        .map((row) => ({ ...row, own: row.values.find(same(value)) }))
        .filter((row) => row.own && row.own.value !== null);
    return table({
        caption: tr("Số của từng đơn vị trực thuộc", "What each unit beneath it makes of it") + ", " + period_name(context.period),
        columns: [
            { name: word("the", "unit"), head: true, sort: (r) => r.name,
              show: (r) => h("a", { href: href("units", [r.unit, "tallies"], { period: context.period }), onclick: close }, r.name) },
            { name: word("the", "value"), number: true, sort: (r) => Number(r.own.value), show: (r) => value_text(r.own.value, value) },
            { name: tr("Số kỳ báo cáo", "Report periods"), number: true, show: (r) => number(r.own.periods) },
        ],
        rows,
        none: [tr("Chưa đơn vị nào có số liệu này", "No unit has reported this yet")],
        stacked: false,
    });
}

function flags(report) {
    return [report.withdrawn && badge(word("verdict", "withdrawn"), "bad"), !report.on_time && badge(word("verdict", "late"), "warn"),
        report.earlier.length > 0 && badge(tr("đã sửa ", "corrected ") + report.earlier.length + tr(" lần", "×"), "info"),
        report.flags.filter((flag) => flag !== "late").map((flag) => badge(word("verdict", flag), "warn"))];
}

function reports_table(answer, value, context, close) {
    const rows = answer.reports.flatMap((report) => {
        const found = report.values.find((v) => v.indicator === value.indicator);
        return found ? [{ ...report, value: found.value }] : [];
    });
    return h("div",
        table({
            caption: tr("Các báo cáo đứng sau số này", "The reports behind this number"),
            columns: [
                { name: word("the", "period"), head: true, show: (r) => period_name(r.period) },
                { name: word("the", "value"), number: true, show: (r) => value_text(r.value, value) },
                { name: tr("Nhận lúc", "Received"), class: "nowrap", show: (r) => time_of(r.time_us) },
                { name: word("the", "receipt"), class: "mono", show: (r) => r.receipt },
                { name: "", show: (r) => h("span", { class: "row-gap" }, flags(r)) },
            ],
            rows,
            none: [tr("Đơn vị này không tự báo cáo số này", "This unit does not report this by itself")],
        }),
        h("p", { class: "mt-3" }, h("a", { href: href("units", [context.unit.unit, "reports"], { period: context.period, form: value.form }), onclick: close },
            tr("Xem toàn bộ báo cáo và các lần sửa", "See the whole reports and their corrections"))));
}

export async function show_number(body, close, value, context) {
    const { unit, period, campaign, page } = context;
    const box = h("div");
    const form = campaign.form_of.get(value.form);
    body.append(box);
    const own = form && (form.levels.length === 0 || form.levels.includes(unit.level));
    if (unit.children.length > 0 && !(own && form.levels.length > 0)) {
        await fill_from(box, () => tally(unit.unit, period, { children: true, indicators: value.indicator }, page.signal), (answer) => shares(answer, value, context, close));
    } else if (own) {
        await fill_from(box, () => get("/api/reports", { unit: unit.unit, period, form: value.form }, page.signal), (answer) => reports_table(answer, value, context, close));
    } else {
        box.append(empty(tr("Không có báo cáo nào đứng sau số này", "No report stands behind this number")));
    }
}
