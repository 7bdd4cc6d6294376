/* Choosing a period: its granularity, and one step back or forth. */
import { h } from "./dom.js";
import { new_id } from "./parts.js";
import { first_day, granularity, granularity_name, last_day, period_name, period_of, step } from "./periods.js";
import { site_day } from "./format.js";
import { site_now_us } from "./me.js";
import { tr } from "./words.js";

/* The finer or coarser period beside this one: the one that holds its last day, but not beyond today. */
function turned(period, gran) {
    const today = site_day(site_now_us());
    const last = last_day(period);
    return period_of(last > today ? (first_day(period) > today ? first_day(period) : today) : last, gran);
}

/* then(period) is called with what was chosen. grans: which may be chosen. */
export function period_picker(period, then, grans = ["day", "week", "month", "quarter", "year"]) {
    const id = new_id("period");
    const arrow = (by, text, sign) => h("button", {
        type: "button", class: "btn btn-plain", "aria-label": text, title: text, onclick: () => then(step(period, by)),
    }, sign);
    return h("div", { class: "period-picker", role: "group", "aria-label": tr("Kỳ", "Period") },
        grans.length > 1 && h("label", { class: "visually-hidden", for: id }, tr("Loại kỳ", "Kind of period")),
        grans.length > 1 && h("select", { id, class: "form-select", value: granularity(period), onchange: (e) => then(turned(period, e.target.value)) },
            grans.map((gran) => h("option", { value: gran, selected: gran === granularity(period) }, granularity_name(gran)))),
        arrow(-1, tr("Kỳ trước", "The period before"), "‹"),
        h("strong", { class: "period-picker-name", "aria-live": "polite" }, period_name(period)),
        arrow(1, tr("Kỳ sau", "The period after"), "›"));
}
