/* Who has not reported a form's period, with whom to call. */
import { get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { adds_up } from "../figures.js";
import { number, percent } from "../format.js";
import { empty, field, figure, fill_from, select } from "../parts.js";
import { period_name } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";

const SHOWN_AT_FIRST = 50;

export const periods = ["day", "week", "month", "quarter", "year"];

/* A number to call is a link on a phone; anything else is text. */
function contact(text) {
    if (!text) {
        return h("span", { class: "soft" }, tr("chưa có", "none known"));
    }
    const digits = text.replace(/[\s.()-]/g, "");
    if (/^\+?\d{8,15}$/.test(digits)) {
        return h("a", { href: "tel:" + digits }, text);
    }
    return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? h("a", { href: "mailto:" + text }, text) : text;
}

function list(answer, period) {
    return h("div",
        h("div", { class: "tiles" },
            figure(word("the", "received"), number(answer.received) + " / " + number(answer.expected), { note: percent(answer.received, answer.expected) }),
            figure(tr("Đơn vị còn thiếu", "Units missing"), number(answer.missing.length) + (answer.more ? "+" : ""), { tone: answer.missing.length > 0 ? "warn" : "good" })),
        h("div", { class: "panel" }, answer.missing.length === 0
            ? empty(tr("Mọi đơn vị đã báo cáo", "Every unit has reported"), period_name(period))
            : table({
                caption: tr("Chưa đủ báo cáo", "Not all reports in") + ", " + period_name(period),
                columns: [
                    { name: word("the", "unit"), head: true, sort: (r) => r.name, show: (r) => h("a", { href: href("units", [r.unit, "reports"], { period }) }, r.name) },
                    { name: tr("Thuộc", "Belongs to"), sort: (r) => r.parent_name, show: (r) => r.parent_name },
                    { name: word("the", "missing"), number: true, sort: (r) => r.expected - r.received, show: (r) => number(r.expected - r.received) + " / " + number(r.expected) },
                    { name: word("the", "contact"), show: (r) => contact(r.contact) },
                ],
                rows: answer.missing,
                first: SHOWN_AT_FIRST,
            })));
}

export async function show_unit(box, { unit, period, campaign, page, change }) {
    const forms = campaign.forms.filter((form) => adds_up(form, period));
    if (forms.length === 0) {
        replace(box, empty(tr("Không có biểu mẫu nào có kỳ ngắn như vậy", "No form has so short a period"), tr("Chọn kỳ dài hơn.", "Choose a longer period.")));
        return;
    }
    const form = forms.find((f) => f.code === page.args.form) || forms[0];
    const shown = h("div");
    replace(box, h("div", { class: "mb-3 narrow" }, field(word("the", "form"), select(forms.map((f) => [f.code, title(f)]), form.code, (code) => change({ form: code })))), shown);
    await fill_from(shown, () => get_all("/api/missing", { unit: unit.unit, form: form.code, period }, "missing", page.signal), (answer) => list(answer, period), { lines: 8 });
}
