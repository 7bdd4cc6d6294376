/* One indicator of a unit over its form's periods. */
import { chart } from "../chart.js";
import { h, replace } from "../dom.js";
import { begun, series } from "../figures.js";
import { field, fill_from, select, empty } from "../parts.js";
import { granularity, period_name, period_short } from "../periods.js";
import { title, tr, word } from "../words.js";

export const periods = ["week", "month", "quarter", "year"];
const SPANS = { day: [14, 30, 90], week: [8, 16, 52], month: [6, 12], quarter: [4, 8], year: [3] };

export async function show_unit(box, { unit, period, campaign, page, change }) {
    const forms = campaign.forms.filter((form) => form.indicators.length > 0);
    const form = campaign.form_of.get(page.args.form) || forms[0];
    if (form === undefined) {
        replace(box, empty(tr("Phong trào chưa có biểu mẫu nào", "The campaign has no form yet")));
        return;
    }
    const indicator = campaign.indicator_of.get(form.indicators.includes(page.args.indicator) ? page.args.indicator : form.indicators[0]);
    const back = SPANS[form.period].includes(Number(page.args.back)) ? Number(page.args.back) : SPANS[form.period][0];
    const drawn = h("div");
    replace(box,
        h("div", { class: "tiles" },
            field(word("the", "form"), select(forms.map((f) => [f.code, title(f)]), form.code, (code) => change({ form: code, indicator: "" }))),
            field(word("the", "indicator"), select(form.indicators.map((code) => [code, title(campaign.indicator_of.get(code))]), indicator.code, (code) => change({ form: form.code, indicator: code }))),
            field(tr("Nhìn lại", "Looking back"), select(SPANS[form.period].map((n) => [String(n), tr(n + " " + word("period", form.period).toLowerCase(), n + " " + form.period + "s")]), String(back),
                (n) => change({ form: form.code, indicator: indicator.code, back: n })))),
        h("section", { class: "panel", "aria-label": title(indicator) }, h("h2", { class: "mb-3" }, title(indicator)), drawn));
    await fill_from(drawn, () => series(unit.unit, form, granularity(period) ? period : "", page.signal, back), (trend) => {
        const { periods: shown, values } = begun(trend, indicator.code);
        return values.every((v) => v === null)
            ? empty(tr("Chưa có số liệu", "Nothing reported yet"), tr("Không có báo cáo nào cho chỉ tiêu này trong khoảng thời gian đã chọn.", "No report has this indicator in the time that you chose."))
            : chart({
                name: title(indicator) + ", " + unit.name,
                labels: shown.map(period_short),
                long_labels: shown.map(period_name),
                series: [{ name: title(indicator), values }],
                decimals: indicator.decimals,
                kind: indicator.over_time === "sum" ? "bar" : "line",
            });
    }, { lines: 2, tall: true });
}
