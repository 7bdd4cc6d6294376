/* The overview: the themes and their figures with trends, how complete the reports are, the latest honours; of the whole city,
 * or of what somebody's rights reach. */
import { get } from "../api.js";
import { chart, spark } from "../chart.js";
import { h, replace } from "../dom.js";
import { adds_up, begun, key_of, moved, series, tally } from "../figures.js";
import { date, number, percent, site_day, value_text } from "../format.js";
import { campaign_now, home_unit, may, site_now_us } from "../me.js";
import { badge, empty, figure, fill_from, link_button, meter, page_head, panel, select } from "../parts.js";
import { period_picker } from "../period_picker.js";
import { granularity, period_name, period_of, period_short, step } from "../periods.js";
import { go, href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";

const LINES_A_THEME = 4;
const DISTRICTS_AT_FIRST = 10;
const GRANS = ["week", "month", "quarter", "year"];

/* Yesterday's week: on a Monday morning this week has nothing yet. */
function period_at_first() {
    return period_of(new Date(site_day(site_now_us()).getTime() - 86400000), "week");
}

function trend_word(value, before, indicator, period) {
    const change = before && moved(value.value, before.value, indicator.direction);
    if (!change) {
        return null;
    }
    const sign = change.percent > 0 ? "▲ +" : change.percent < 0 ? "▼ −" : "";
    return h("div", { class: "trend", "data-tone": change.tone },
        sign + number(Math.abs(change.percent)) + " % " + tr("so với ", "on ") + period_name(step(period, -1)));
}

function theme_line(value, before, campaign, trend, period, unit) {
    const indicator = campaign.indicator_of.get(value.indicator) || value;
    const values = trend && trend.of(value.indicator);
    return h("div", { class: "theme-line" },
        h("div", { class: "theme-line-name" },
            h("a", { href: href("units", [unit, "series"], { form: value.form, indicator: value.indicator, period }) }, title(value))),
        h("div",
            h("div", { class: "theme-line-value" }, value_text(value.value, value)),
            trend_word(value, before, indicator, period)),
        values && spark(values, tr("Diễn biến: ", "Trend: ") + title(value)));
}

/* What is scored or strived for first, then the rest in the campaign's order. */
function headline(values, campaign) {
    const weight = (v) => ((campaign.indicator_of.get(v.indicator) || {}).direction ? 0 : 1);
    return values.filter((v) => v.value !== null).sort((a, b) => weight(a) - weight(b)).slice(0, LINES_A_THEME);
}

function theme_card(theme, row, before, campaign, trends, period, unit) {
    const values = row.values.filter((v) => v.theme === theme.code);
    const shown = headline(values, campaign);
    const before_of = new Map((before ? before.values : []).map((v) => [key_of(v), v]));
    return h("article", { class: "theme" },
        h("h3", title(theme)),
        shown.length === 0
            ? h("p", { class: "soft" }, tr("Chưa có số liệu trong kỳ này.", "Nothing reported for this period yet."))
            : shown.map((v) => theme_line(v, before_of.get(key_of(v)), campaign, trends.get(v.form), period, unit)),
        values.length > shown.length && h("div", { class: "small" },
            h("a", { href: href("units", [unit, "tallies"], { period }) }, tr("Mọi chỉ tiêu: ", "All indicators: ") + values.length)));
}

function tiles(row, unit, period) {
    const missing = row.expected - row.received;
    return h("div", { class: "tiles" },
        figure(tr("Báo cáo đã nhận", "Reports received"), percent(row.received, row.expected), {
            note: number(row.received) + tr(" trên ", " of ") + number(row.expected),
            tone: row.expected > 0 && row.received / row.expected < 0.8 ? "bad" : undefined,
        }),
        figure(tr("Đúng hạn", "On time"), percent(row.on_time, row.expected), { note: number(row.on_time) + tr(" báo cáo", " reports") }),
        figure(tr("Còn thiếu", "Missing"), number(missing), {
            tone: missing > 0 ? "warn" : "good",
            note: may("missing") && missing > 0
                ? h("a", { href: href("units", [unit, "missing"], { period }) }, tr("Ai chưa báo cáo?", "Who has not reported?"))
                : tr("không thiếu báo cáo nào", "nothing is missing"),
        }),
        figure(tr("Cần xem lại", "To be looked at"), number(row.disagreements + row.outliers), {
            note: number(row.outliers) + tr(" khác thường, ", " outliers, ") + number(row.disagreements) + tr(" nguồn khác nhau", " disagreements"),
        }));
}

async function trends_of(row, campaign, unit, period, signal) {
    const forms = [...new Set(row.values.map((v) => v.form))].map((code) => campaign.form_of.get(code)).filter(Boolean);
    const found = await Promise.all(forms.map((form) => series(unit, form, period, signal).catch(() => null)));
    return new Map(forms.map((form, i) => [form.code, found[i]]).filter(([, one]) => one !== null));
}

async function figures(box, unit, period, campaign, page) {
    await fill_from(box, async () => {
        const [now, before] = await Promise.all([
            tally(unit, period, {}, page.signal),
            tally(unit, step(period, -1), {}, page.signal).catch(() => null),
        ]);
        return { row: now.rows[0], before: before && before.rows[0], trends: await trends_of(now.rows[0], campaign, unit, period, page.signal) };
    }, ({ row, before, trends }) => h("div",
        tiles(row, unit, period),
        h("h2", { class: "visually-hidden" }, tr("Các nội dung thi đua", "The themes")),
        h("div", { class: "themes" }, campaign.themes.map((theme) => theme_card(theme, row, before, campaign, trends, period, unit))),
        trend_panel(row, campaign, trends)), { lines: 3, tall: true });
}

/* One indicator's line, large; which one is chosen here. */
function trend_panel(row, campaign, trends) {
    const choices = row.values.filter((v) => v.value !== null && trends.has(v.form));
    if (choices.length === 0) {
        return null;
    }
    const box = h("div");
    const draw = (key) => {
        const value = choices.find((v) => key_of(v) === key);
        const { periods, values } = begun(trends.get(value.form), value.indicator);
        replace(box, chart({
            name: title(value) + ", " + title(campaign.form_of.get(value.form)),
            labels: periods.map(period_short),
            long_labels: periods.map(period_name),
            series: [{ name: title(value), values }],
            decimals: value.decimals,
        }));
    };
    const first = key_of(choices.find((v) => v.indicator === "doses") || choices[0]);
    const made = panel(tr("Diễn biến", "Trend"),
        h("div", { class: "row-gap" }, select(choices.map((v) => [key_of(v), title(v)]), first, draw, { "aria-label": word("the", "indicator") })), box);
    draw(first);
    return made;
}

function completeness_table(answer, period) {
    const rows = answer.rows.slice(1).filter((row) => row.expected > 0);
    rows.sort((a, b) => a.received / a.expected - b.received / b.expected);
    return table({
        caption: title({ ...answer.form_title }) + ", " + period_name(answer.period),
        columns: [
            { name: word("the", "unit"), head: true, sort: (r) => r.name, show: (r) => h("a", { href: href("units", [r.unit], { period }) }, r.name) },
            { name: tr("Đã nhận / phải có", "Received / expected"), number: true, class: "wide-only", show: (r) => number(r.received) + " / " + number(r.expected) },
            { name: tr("Đầy đủ", "Complete"), number: true, sort: (r) => r.received / r.expected, show: (r) => percent(r.received, r.expected) },
            { name: "", class: "wide-only", show: (r) => meter(r.received, r.expected) },
            { name: word("the", "on-time"), number: true, sort: (r) => r.on_time / r.expected, show: (r) => percent(r.on_time, r.expected) },
        ],
        rows,
        first: DISTRICTS_AT_FIRST,
        stacked: false,
        none: [tr("Biểu mẫu này chưa được yêu cầu của đơn vị nào trong kỳ", "No unit was asked for this form in the period")],
    });
}

function completeness_panel(unit, period, campaign, page) {
    const forms = campaign.forms.filter((form) => adds_up(form, period));
    const box = h("div");
    const chosen = forms.some((f) => f.code === page.args.form) ? page.args.form : forms.length > 0 ? forms[0].code : "";
    const ask = (form) => fill_from(box, () => get("/api/completeness", { unit, form, period }, page.signal),
        (answer) => completeness_table({ ...answer, form_title: campaign.form_of.get(form) }, period));
    const made = panel(tr("Mức đầy đủ theo đơn vị", "Completeness by unit"),
        h("div", { class: "row-gap mb-3" }, select(forms.map((f) => [f.code, title(f)]), chosen, ask, { "aria-label": word("the", "form") })), box);
    if (chosen !== "") {
        ask(chosen);
    }
    return made;
}

function honour(one) {
    return h("li",
        h("strong", one.subject), " ", badge(word("kind", one.kind)),
        h("div", title(one)),
        h("div", { class: "small soft" }, [one.number, date(one.date), one.name].filter(Boolean).join(" · ")));
}

function honours_panel(page) {
    const box = h("div");
    fill_from(box, () => get("/api/honours", {}, page.signal), (answer) => answer.honours.length === 0
        ? empty(tr("Chưa có khen thưởng nào được công bố", "No honours published yet"),
            tr("Quyết định khen thưởng sẽ hiện ở đây ngay khi được ghi nhận.", "A decision appears here as soon as it is recorded."))
        : h("div", h("ul", { class: "honour-list" }, answer.honours.slice(0, 6).map(honour)),
            link_button(tr("Mọi khen thưởng: ", "All honours: ") + number(answer.count), href("honours"), "quiet")));
    return panel(tr("Khen thưởng mới nhất", "Latest honours"), box);
}

/* A unit that was granted alone sees no list of others: what it has yet to send is of more use. */
function own_panel(unit, period) {
    return panel(tr("Đơn vị của bạn", "Your unit"),
        h("p", tr("Xem từng báo cáo đã gửi, kết quả xử lý và thứ hạng của đơn vị.", "Every report sent, what became of it, and the unit's rank.")),
        h("div", { class: "row-gap" },
            may("report") && link_button(word("page", "send"), href("send"), "primary"),
            link_button(tr("Báo cáo đã gửi", "Reports sent"), href("units", [unit, "reports"], { period })),
            link_button(tr("Thứ hạng", "Rank"), href("units", [unit, "rank"]))));
}

function campaign_lead(campaign) {
    const days = date(campaign.from) + " – " + date(campaign.to);
    return title(campaign) + ". " + tr(`Kế hoạch ${campaign.decision}, ${days}.`, `Plan ${campaign.decision}, ${days}.`);
}

export async function show(page) {
    const [campaign, home] = await Promise.all([campaign_now(), home_unit()]);
    const unit = page.args.unit || home;
    const period = granularity(page.args.period || "") ? page.args.period : period_at_first();
    const about = await get("/api/units", { unit }, page.signal);
    const box = h("div");
    replace(page.main,
        page_head({
            heading: about.name,
            lead: campaign_lead(campaign),
            tools: [period_picker(period, (chosen) => go("overview", [], { ...page.args, period: chosen }, { quietly: true }), GRANS)],
        }),
        about.children.length === 0 && own_panel(unit, period),
        box,
        h("div", { class: about.children.length > 0 ? "two" : "" }, about.children.length > 0 && completeness_panel(unit, period, campaign, page), honours_panel(page)));
    await figures(box, unit, period, campaign, page);
}
