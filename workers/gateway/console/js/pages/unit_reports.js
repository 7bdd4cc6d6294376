/* A unit's own reports of a period, whole, with every revision that came before; where sources disagree; what was refused. */
import { get, get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { time_of, value_text } from "../format.js";
import { badge, empty, fill_from, panel } from "../parts.js";
import { period_name } from "../periods.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";

export const periods = ["day", "week", "month", "quarter"];

function history(report) {
    const rows = [{ ...report, now: true }, ...report.earlier];
    return table({
        caption: tr("Các lần gửi", "Revisions"),
        columns: [
            { name: word("the", "receipt"), head: true, class: "mono", show: (r) => r.receipt },
            { name: tr("Nhận lúc", "Received"), show: (r) => time_of(r.time_us) },
            { name: "", show: (r) => [r.now && badge(tr("đang tính", "counts"), "good"), r.withdrawn && badge(word("verdict", "withdrawn"), "bad")] },
        ],
        rows,
    });
}

function values_table(report, campaign) {
    return table({
        caption: word("the", "value"),
        hidden_caption: true,
        stacked: false,
        columns: [
            { name: word("the", "indicator"), head: true, show: (v) => title(campaign.indicator_of.get(v.indicator) || { name: v.indicator }) },
            { name: word("the", "value"), number: true, show: (v) => value_text(v.value, campaign.indicator_of.get(v.indicator)) },
        ],
        rows: report.values,
    });
}

function report_details(report, campaign) {
    const inside = h("div", { class: "pt-2 stack" });
    return h("details", { class: "report", ontoggle: (event) => event.target.open && replace(inside, values_table(report, campaign), history(report)) },
        h("summary", { class: "row-gap" },
            h("strong", period_name(report.period)),
            h("span", title(campaign.form_of.get(report.form) || { name: report.form })),
            report.withdrawn && badge(word("verdict", "withdrawn"), "bad"),
            badge(report.on_time ? word("the", "on-time") : word("verdict", "late"), report.on_time ? "good" : "warn"),
            report.earlier.length > 0 && badge(tr("đã sửa ", "corrected ") + report.earlier.length + tr(" lần", "×"), "info"),
            report.flags.filter((flag) => flag !== "late").map((flag) => badge(word("verdict", flag), "warn")),
            h("span", { class: "soft small" }, word("the", "source") + ": " + report.source)),
        inside);
}

function disagreements(answer, campaign) {
    return panel(tr("Các nguồn khác nhau", "Sources that disagree"), table({
        caption: tr("Nguồn đứng trước trong biểu mẫu là số được tính.", "The source that the form names first is the one that counts."),
        columns: [
            { name: word("the", "period"), head: true, show: (d) => period_name(d.period) },
            { name: word("the", "indicator"), show: (d) => title(campaign.indicator_of.get(d.indicator) || { name: d.indicator }) },
            { name: word("the", "value"), number: true, show: (d) => d.values.map((v) => v.source + ": " + value_text(v.value, campaign.indicator_of.get(d.indicator))).join(" ≠ ") },
        ],
        rows: answer.disagreements,
    }));
}

function rejected_table(answer) {
    return table({
        caption: tr("Những bản ghi này không được tính; sửa rồi gửi lại.", "These do not count; mend them and send them again."),
        columns: [
            { name: word("the", "receipt"), head: true, class: "mono", show: (v) => v.receipt },
            { name: tr("Mã lỗi", "Code"), class: "mono", show: (v) => v.code },
            { name: word("the", "reason"), show: (v) => tr(v.text_vi, v.text_en) || [v.subject, v.detail].filter(Boolean).join(": ") },
        ],
        rows: answer.rejected,
        none: [tr("Không có bản ghi nào bị từ chối", "Nothing was rejected")],
    });
}

export async function show_unit(box, { unit, period, campaign, page }) {
    const reports = h("div");
    const rejected = h("div");
    replace(box, panel(tr("Báo cáo đã nhận", "Reports taken"), reports), panel(tr("Bị từ chối", "Rejected"), rejected));
    fill_from(rejected, () => get("/api/rejected", { unit: unit.unit }, page.signal), rejected_table, { lines: 2 });
    await fill_from(reports, () => get_all("/api/reports", { unit: unit.unit, period, form: page.args.form }, "reports", page.signal), (answer) => {
        if (answer.disagreements && answer.disagreements.length > 0) {
            box.append(disagreements(answer, campaign));
        }
        return answer.reports.length === 0
            ? empty(tr("Đơn vị này chưa tự gửi báo cáo nào trong kỳ", "This unit sent no report of its own in the period"),
                tr("Chọn kỳ khác, hoặc xem đơn vị trực thuộc ở mục Còn thiếu.", "Choose another period, or see the units beneath it under Missing."))
            : h("div", { class: "reports" }, answer.reports.map((report) => report_details(report, campaign)));
    }, { lines: 6 });
}
