/* A report's form, made of the campaign's: one field an indicator, by theme, looked at as it is filled in by the form's own rules. */
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { date, number, site_day, value_text } from "../format.js";
import { line_is_up } from "../live.js";
import { campaign_now, me_now, period_now, site_now_us } from "../me.js";
import { badge, button, empty, field, notice, panel, select, skeleton, toast } from "../parts.js";
import { last_day, period_name, row_to } from "../periods.js";
import { go, href } from "../router.js";
import { language, title, tr, word } from "../words.js";
import { own_unit_field, own_units } from "../council/units.js";
import { report_check, values_wire } from "./check.js";
import { draft_new } from "./drafts.js";
import { drafts_now } from "./keeping.js";
import { mistake_sentence } from "./sentences.js";

const BACK = { day: 30, week: 9, month: 6, quarter: 4, year: 2 };
const DAY = 86400000;

/* The forms that a unit is asked for (proto/campaign.h, form_asks). */
export function forms_of(campaign, unit) {
    return campaign.forms.filter((form) => {
        const any = form.levels.length + form.kinds.length + form.units.length === 0;
        return any || form.levels.includes(unit.level) || form.kinds.includes(unit.kind) || form.units.includes(unit.unit);
    });
}

/* Newest first, none that begins before the campaign does. */
function periods_of(campaign, form) {
    return row_to(period_now(form.period), BACK[form.period]).reverse().filter((period) => last_day(period).toISOString().slice(0, 10) >= campaign.from);
}

function days_after(period, days) {
    return Math.round((last_day(period).getTime() - site_day(site_now_us()).getTime()) / DAY) + days;
}

/* Until when a report is in time, and until when it is taken at all. */
function due_notice(form, period) {
    const until = (days) => date(new Date(last_day(period).getTime() + days * DAY).toISOString());
    if (form.expires !== null && days_after(period, form.expires) < 0) {
        return notice("bad", tr(`Kỳ này đã khóa từ sau ngày ${until(form.expires)}: không gửi được nữa.`, `Closed since ${until(form.expires)}: it is no longer taken.`));
    }
    if (form.due !== null && days_after(period, form.due) < 0) {
        return notice("warn", tr(`Đã quá hạn ngày ${until(form.due)}: gửi được, nhưng ghi là muộn.`, `It was due by ${until(form.due)}: it is taken, and told as late.`));
    }
    return form.due === null ? null : h("p", { class: "soft small" }, tr(`Hạn gửi: hết ngày ${until(form.due)}.`, `Due by the end of ${until(form.due)}.`));
}

/* ---- fields ---- */

function flag_control(chosen, then, attributes) {
    return select([["", "–"], ["true", tr("Có", "Yes")], ["false", tr("Không", "No")]], chosen, then, attributes);
}

function line(indicator, text, needed, change) {
    const id = `value-${indicator.code}`, said = h("div", { id: `${id}-said`, hidden: true });
    const attributes = { id, name: indicator.code, "aria-describedby": said.id };
    const control = indicator.type === "flag" ? flag_control(text, change, attributes)
        : h("input", { type: "text", class: "form-control", autocomplete: "off", inputmode: indicator.decimals > 0 ? "decimal" : "numeric", value: text, oninput: () => change(control.value), ...attributes });
    const made = h("div", { class: "form-line" },
        h("label", { for: id }, title(indicator), indicator.type === "percent" && " (%)", needed && h("span", { class: "need" }, tr(" (cần có)", " (needed)"))), control, said);
    made.say = (mistake) => {
        const wrong = mistake?.severity === "reject";
        said.textContent = mistake ? mistake_sentence(mistake) : "";
        said.className = wrong ? "field-wrong" : "field-warn";
        said.hidden = !mistake;
        control.toggleAttribute("data-warn", Boolean(mistake) && !wrong);
        if (wrong) {
            control.setAttribute("aria-invalid", "true");
        } else {
            control.removeAttribute("aria-invalid");
        }
    };
    return made;
}

/* What the site has now, as the fields would show it: what is sent is whole, and takes the place of that. */
async function sent_before(unit, form, period, campaign, signal) {
    const { reports } = await get("/api/reports", { unit, period, form: form.code }, signal);
    const found = reports.find((report) => report.form === form.code && report.period === period && !report.withdrawn && (report.source === form.sources[0] || form.sources.length === 1));
    if (found === undefined) {
        return null;
    }
    const text = (value, indicator) => (indicator.type === "flag" ? String(Boolean(Number(value))) : value_text(value, { decimals: indicator.decimals }));
    return { receipt: found.receipt, revision: found.revision,
        texts: Object.fromEntries(found.values.filter(({ value }) => value !== null).map(({ indicator, value }) => [indicator, text(value, campaign.indicator_of.get(indicator))])) };
}

function draft_of(unit, form, period) {
    return drafts_now().all().find((draft) => draft.unit === unit && draft.form === form.code && draft.period === period && draft.state !== "sent" && draft.state !== "unclear");
}

/* ---- the sheet ---- */

function sheet_status(draft) {
    switch (draft.state) {
    case "waiting":
        return badge(draft.problem ? tr("chờ gửi khi có mạng", "waiting for the line") : tr("đang gửi…", "sending…"), "warn");
    case "refused":
        return badge(tr("bị từ chối", "refused"), "bad");
    default:
        return badge(tr("nháp", "draft"));
    }
}

function lines_by_theme(campaign, form, draft, change) {
    const made = new Map();
    const sections = campaign.themes.map((theme) => {
        const own = form.indicators.filter((code) => campaign.indicator_of.get(code).theme === theme.code);
        return own.length > 0 && h("fieldset", { class: "form-theme" }, h("legend", title(theme)), h("div", { class: "form-lines" }, own.map((code) => {
            const one = line(campaign.indicator_of.get(code), draft.texts[code] ?? "", form.required.includes(code), (text) => change(code, text));
            made.set(code, one);
            return one;
        })));
    });
    return { sections, made };
}

/* What is wrong with the form as a whole: rules that hold between fields. */
function rules_notices(mistakes, campaign) {
    return mistakes.filter((mistake) => mistake.kind === "rule").map((mistake) => notice(mistake.severity === "reject" ? "bad" : "warn",
        mistake.severity === "reject" ? tr("Số liệu không khớp", "The figures do not agree") : tr("Cần xem lại", "Look again"), mistake_sentence(mistake, campaign)));
}

function answer_notice(draft) {
    if (draft.state === "refused") {
        return notice("bad", tr("Báo cáo bị từ chối", "The report was refused"), draft.answer?.message, h("p", tr("Sửa lại rồi gửi; bản bị từ chối không tính.", "Mend it and send it again; what was refused does not count.")));
    }
    return draft.state === "waiting" && draft.problem ? notice("warn", tr("Chưa gửi được", "Not sent yet"), tr("Báo cáo được giữ ở đây và tự gửi khi có mạng lại. Có thể đóng trang này.", "It is kept here and goes out by itself when the line is back. You may close this page.")) : null;
}

function sheet(page, campaign, unit, form, period, before) {
    const kept = draft_of(unit.unit, form, period);
    let draft = kept ?? { ...draft_new({ form: form.code, unit: unit.unit, period }), unit_name: unit.name, texts: { ...before?.texts } };
    const rules = h("div", { "aria-live": "polite" }), status = h("span", { role: "status" }), told = h("div"), foot_word = h("span", { class: "small" });
    const texts = () => new Map(Object.entries(draft.texts));
    const look = () => {
        const { values, mistakes } = report_check(campaign, form, texts(), language());
        for (const [code, one] of made) {
            one.say(mistakes.find((mistake) => mistake.code === code && (mistake.kind !== "required" || draft.tried)));
        }
        const between = mistakes.filter((mistake) => mistake.kind === "rule");
        replace(rules, rules_notices(between, campaign));
        const wrong = mistakes.filter((mistake) => mistake.severity === "reject").length, warned = mistakes.length - wrong;
        foot_word.textContent = wrong > 0 ? tr(`${number(wrong)} chỗ cần sửa trước khi gửi`, `${number(wrong)} to mend before it is sent`)
            : warned > 0 ? tr(`Gửi được; ${number(warned)} chỗ nên xem lại`, `It can be sent; look again at ${number(warned)}`) : tr("Số liệu khớp, gửi được.", "The figures agree; it can be sent.");
        return { values, mistakes };
    };
    // With each key: a draft of a few hundred bytes, and no moment at which closing the page would cost anything.
    const keep = () => {
        if (!drafts_now().put({ ...draft, state: "draft" })) {
            replace(told, notice("bad", tr("Trình duyệt không còn chỗ giữ nháp.", "The browser has no room left to keep the draft.")));
        }
    };
    const change = (code, text) => {
        draft = { ...draft, state: "draft", texts: { ...draft.texts, [code]: text } };
        replace(status, sheet_status(draft));
        look();
        keep();
    };
    const { sections, made } = lines_by_theme(campaign, form, draft, change);
    const send = () => {
        draft.tried = true;
        const { values, mistakes } = look(), wrong = mistakes.find((mistake) => mistake.severity === "reject");
        if (wrong || values.size === 0) {
            (wrong?.code ? document.getElementById(`value-${wrong.code}`) : rules.firstElementChild ?? document.getElementById(`value-${form.indicators[0]}`))?.focus?.();
            replace(told, values.size === 0 && notice("bad", tr("Chưa có số liệu nào.", "There are no figures yet.")));
            return;
        }
        const report = { form: form.code, unit: unit.unit, period, values: values_wire(campaign, values), ...(campaign.campaign && { campaign: campaign.campaign }) };
        if (drafts_now().send(draft, report, before?.revision)) {
            toast(line_is_up() ? tr("Đang gửi…", "Sending…") : tr("Đã giữ lại; sẽ gửi khi có mạng.", "Kept; it goes out when the line is back."));
            go("send", ["verdicts"]);
        } else {
            replace(told, notice("bad", tr("Trình duyệt không còn chỗ để giữ báo cáo, nên chưa gửi.", "The browser has no room to keep the report, so it was not sent.")));
        }
    };
    replace(status, sheet_status(draft));
    look();
    const locked = draft.state === "waiting";
    return panel(title(form), h("div", { class: "row-gap" }, status, h("span", { class: "soft" }, `${unit.name} · ${period_name(period)}`)),
        due_notice(form, period), answer_notice(draft),
        before && !kept && notice("info", tr(`Đã có báo cáo (biên nhận ${before.receipt})`, `It was reported already (receipt ${before.receipt})`), tr("Gửi lại là thay toàn bộ báo cáo đó.", "What you send takes the place of all of it.")),
        h("form", { class: "report-form", novalidate: true, onsubmit: (event) => event.preventDefault() }, h("fieldset", { class: "choice-set", disabled: locked }, sections), rules, told,
            h("div", { class: "form-checks" }, foot_word, h("div", { class: "row-gap" },
                button(tr("Bỏ nháp", "Drop the draft"), () => { drafts_now().remove(draft.id); page.again(); }, "quiet"),
                !locked && button(word("do", "send"), send, "primary", { type: "submit" })))));
}

export async function show(page) {
    const [campaign, own] = await Promise.all([campaign_now(), own_units(me_now(), page.signal)]);
    const code = page.args.unit || own[0]?.unit;
    if (code === undefined) {
        replace(page.main, empty(tr("Bạn chưa được giao đơn vị nào", "You have no unit"), tr("Người vận hành cấp quyền báo cáo cho đơn vị.", "The operator grants the right to report for one.")));
        return;
    }
    const unit = await get("/api/units", { unit: code }, page.signal), forms = forms_of(campaign, unit);
    const form = forms.find((each) => each.code === page.args.form) ?? forms[0];
    const periods = form ? periods_of(campaign, form) : [];
    const fallback = periods.find((each) => last_day(each).getTime() < site_day(site_now_us()).getTime()) ?? periods[0];
    const period = periods.includes(page.args.period) ? page.args.period : fallback;
    const to = (args) => go("send", [], { unit: code, form: form?.code, period, ...args });
    const box = h("div", skeleton(8));
    replace(page.main, h("div", { class: "period-choice" },
        own_unit_field(word("the", "unit"), { own, chosen: { unit: unit.unit, name: unit.name }, then: (each) => go("send", [], { unit: each }) }),
        form && field(word("the", "form"), select(forms.map((each) => [each.code, title(each)]), form.code, (each) => to({ form: each, period: "" }))),
        form && field(word("the", "period"), select(periods.map((each) => [each, period_name(each)]), period, (each) => to({ period: each })))), box);
    if (!form || !period) {
        replace(box, empty(tr("Đơn vị này không phải gửi biểu mẫu nào", "This unit is asked for no form"), tr("Chọn đơn vị khác.", "Choose another unit."),
            h("a", { class: "btn btn-plain", href: href("units", [code]) }, tr("Xem đơn vị", "See the unit"))));
        return;
    }
    // Without a line the form is there all the same; only what was sent before is not known.
    const before = await sent_before(code, form, period, campaign, page.signal).catch((error) => {
        if (error.name === "AbortError") {
            throw error;
        }
        return null;
    });
    replace(box, sheet(page, campaign, unit, form, period, before));
}
