/* Approvals: a unit's period and those of the units beneath it. Below first: a district approves its wards, then the city the district; what is
 * approved is locked, and a correction needs it opened again, with a reason that is kept. */
import { get, get_all, new_key, post } from "../api.js";
import { h, replace } from "../dom.js";
import { number, time_of } from "../format.js";
import { listen } from "../live.js";
import { home_unit, may, me_now, period_now } from "../me.js";
import { badge, button, empty, field, fill_from, meter, notice, page_head, panel, select, toast } from "../parts.js";
import { GRANULARITIES, granularity, period_name, row_to } from "../periods.js";
import { go, href } from "../router.js";
import { table } from "../table.js";
import { tr, word } from "../words.js";
import { act_sheet, required } from "../council/act.js";
import { own_unit_field, own_units } from "../council/units.js";

const PERIODS = 15;
const TONES = { open: undefined, approved: "good", reopened: "warn" };

function state_cell(row) {
    const approval = row.approval;
    return h("div", { class: "approval-state" }, badge(word("approval", row.state), TONES[row.state]),
        approval && h("div", { class: "small soft" }, `${approval.principal}, ${time_of(approval.time_us)}`),
        approval?.reason && h("div", { class: "small" }, approval.reason));
}

function reopen_button(answer, row, again) {
    return button(tr("Mở lại", "Reopen"), () => act_sheet({
        heading: tr(`Mở lại ${period_name(answer.period)}`, `Reopen ${period_name(answer.period)}`),
        lead: tr(`${row.name}: báo cáo của kỳ này sửa được cho tới khi phê duyệt lại. Lý do được lưu cùng.`, `${row.name}: reports of this period can be corrected until it is approved again. The reason is kept.`),
        fields: (form) => {
            const text = h("textarea", { class: "form-control", rows: 3, maxlength: 2000 }), made = field(word("the", "reason"), text);
            form.append(made);
            return () => (required(made, text) ? { address: "/api/reopen", fields: { unit: row.unit, period: answer.period, reason: text.value.trim() } } : null);
        },
        confirm: tr("Mở lại", "Reopen"), done: again,
    }), "plain");
}

function approve_button(answer, row, again, look) {
    const short = row.received < row.expected;
    return button(tr("Phê duyệt", "Approve"), () => act_sheet({
        heading: tr(`Phê duyệt ${period_name(answer.period)}`, `Approve ${period_name(answer.period)}`),
        lead: [`${row.name}: ${number(row.received)}/${number(row.expected)} ${tr("báo cáo", "reports")}.`,
            short ? tr("Còn thiếu báo cáo; sau khi phê duyệt sẽ không gửi được nữa.", "Some are missing; once approved they can no longer be sent.") : "",
            tr("Số liệu của kỳ được khóa.", "The period's figures are locked.")].filter(Boolean).join(" "),
        fields: () => () => ({ address: "/api/approve", fields: { unit: row.unit, period: answer.period } }),
        confirm: tr("Phê duyệt", "Approve"), done: again,
    }), look);
}

/* What is to be done with a row, or why nothing can be. */
function next_cell(answer, row, again) {
    if (!may("approval")) {
        return "";
    }
    if (row.state === "approved") {
        return row.locked_by === row.unit || row.locked_by === ""
            ? reopen_button(answer, row, again) : h("span", { class: "small soft" }, tr(`khóa theo ${row.locked_by}`, `locked by ${row.locked_by}`));
    }
    if (row.ready) {
        return approve_button(answer, row, again, row.strong ? "primary" : "plain");
    }
    if (!answer.closed) {
        return h("span", { class: "small soft" }, tr("kỳ chưa kết thúc", "the period has not ended"));
    }
    return row.before > 0 ? h("span", { class: "small soft" }, tr(`còn ${number(row.before)} đơn vị cấp dưới chưa phê duyệt: ${row.first.join(", ")}${row.before > row.first.length ? "…" : ""}`,
        `${number(row.before)} units beneath come first: ${row.first.join(", ")}${row.before > row.first.length ? "…" : ""}`)) : "";
}

function rows_table(answer, again) {
    return table({
        caption: tr("Kỳ báo cáo của đơn vị và các đơn vị trực thuộc", "The period of the unit and of those beneath it"), hidden_caption: true,
        columns: [
            { name: word("the", "unit"), head: true, show: (row) => h("a", { href: href("units", [row.unit], { period: answer.period }) }, row.name), sort: (row) => row.name },
            { name: tr("Báo cáo", "Reports"), number: true, show: (row) => (row.asked || row.expected > 0 ? `${number(row.received)}/${number(row.expected)}` : "–"), sort: (row) => row.received - row.expected },
            { name: tr("Mức đầy đủ", "Completeness"), show: (row) => row.expected > 0 && meter(row.received, row.expected) },
            { name: tr("Trạng thái", "State"), show: state_cell, sort: (row) => row.state },
            { name: tr("Việc tiếp theo", "Next"), show: (row) => next_cell(answer, row, again) },
        ],
        rows: answer.rows.map((row, i) => ({ ...row, strong: i === 0 && answer.rows.length > 1 })),
    });
}

/* All that can be approved now, one after another; stops at the first that is refused. */
function approve_all_button(answer, told, again) {
    const ready = answer.rows.slice(1).filter((row) => row.ready && row.state !== "approved" && row.received === row.expected);
    return ready.length > 1 && may("approval") && button(tr(`Phê duyệt ${number(ready.length)} đơn vị đã đủ báo cáo`, `Approve the ${number(ready.length)} that are complete`), async () => {
        let done = 0;
        try {
            for (const row of ready) {
                await post("/api/approve", { unit: row.unit, period: answer.period }, { key: new_key() });
                done++;
            }
            toast(tr(`Đã phê duyệt ${number(done)} đơn vị.`, `${number(done)} units approved.`));
        } catch (error) {
            replace(told, notice("bad", tr(`Đã phê duyệt ${number(done)} đơn vị, rồi dừng: ${error.message}`, `${number(done)} approved, then: ${error.message}`)));
        }
        await again();
    });
}

function choose(own, chosen, period) {
    const { unit } = chosen, gran = granularity(period), grans = GRANULARITIES.filter((each) => each !== "day" && each !== "week");
    const to = (args) => go("approvals", [], { unit, period, ...args });
    return h("div", { class: "period-choice" },
        own_unit_field(word("the", "unit"), { own, chosen, then: (code) => to({ unit: code }) }),
        field(tr("Loại kỳ", "Kind of period"), select(grans.map((each) => [each, word("period", each)]), gran, (each) => to({ period: period_now(each) }))),
        field(word("the", "period"), select([...new Set([...row_to(period_now(gran), PERIODS).reverse(), period])].map((each) => [each, period_name(each)]), period, (each) => to({ period: each }))));
}

/* The month that has just ended is the one to be approved. */
function last_month() {
    return row_to(period_now("month"), 2)[0];
}

export async function show(page) {
    const own = await own_units(me_now(), page.signal);
    const unit = page.args.unit || own[0]?.unit || await home_unit();
    const chosen = own.find((each) => each.unit === unit) ?? await get("/api/units", { unit }, page.signal);
    const period = granularity(page.args.period || "") ? page.args.period : last_month();
    const box = h("div"), told = h("div");
    replace(page.main, page_head({ heading: word("page", "approvals"),
        lead: tr("Từ dưới lên: quận, huyện phê duyệt xã, phường; Thành phố phê duyệt quận, huyện. Kỳ đã phê duyệt thì khóa số liệu.", "From below upwards: districts approve their wards, the city its districts. What is approved is locked.") }),
    choose(own, chosen, period), told, panel(period_name(period), box));
    const draw = () => fill_from(box, () => get_all("/api/approvals", { unit, period }, "rows", page.signal), (answer) => (answer.rows.length === 0
        ? empty(tr("Không có đơn vị nào", "No unit"), tr("Đơn vị này không tồn tại trong kỳ đã chọn.", "The unit did not exist in that period."))
        : h("div", !answer.closed && notice("info", tr("Kỳ này chưa kết thúc: chưa phê duyệt được.", "The period has not ended: it cannot be approved yet.")),
            h("div", { class: "row-gap" }, approve_all_button(answer, told, draw)), rows_table(answer, draw))));
    listen("rejected", draw, page.signal);
    await draw();
}
