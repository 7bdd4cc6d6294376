/* What became of what was sent: this browser's own reports, and all that was refused of one's units. */
import { get, get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { listen } from "../live.js";
import { campaign_now } from "../me.js";
import { badge, button, empty, fill_from, link_button, panel } from "../parts.js";
import { period_name } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";
import { drafts_now, on_drafts } from "./keeping.js";
import { verdict_sentence } from "./sentences.js";

const TONES = { draft: undefined, waiting: "warn", sent: "good", refused: "bad", unclear: "warn" };

function state_words(draft) {
    switch (draft.state) {
    case "waiting":
        return draft.problem ? tr("chờ gửi khi có mạng", "waiting for the line") : tr("đang gửi…", "sending…");
    case "sent":
        return word("verdict", draft.answer?.verdict?.verdict ?? "accepted");
    case "refused":
        return word("verdict", "rejected");
    case "unclear":
        return tr("đã ghi nhận, chờ kết quả", "taken, its verdict is awaited");
    default:
        return tr("nháp", "draft");
    }
}

function draft_line(draft, campaign, again) {
    const form = campaign.form_of.get(draft.form), flags = draft.answer?.verdict?.flags ?? [];
    const open = { unit: draft.unit, form: draft.form, period: draft.period };
    return h("li", { "data-state": draft.state },
        h("div", h("strong", form ? title(form) : draft.form), h("div", { class: "small soft" }, [draft.unit_name ?? draft.unit, period_name(draft.period), draft.answer?.receipt].filter(Boolean).join(" · ")),
            draft.state === "refused" && h("p", { class: "field-wrong" }, draft.answer?.message),
            draft.problem && draft.state === "waiting" && h("p", { class: "small" }, tr("Được giữ trong trình duyệt này; tự gửi khi có mạng lại.", "Kept in this browser; it goes out by itself when the line is back."))),
        h("div", { class: "row-gap" }, badge(state_words(draft), draft.answer?.verdict?.verdict === "superseded" ? "warn" : TONES[draft.state]), flags.map((flag) => badge(word("verdict", flag), "warn")),
            draft.state === "draft" || draft.state === "refused" ? link_button(tr("Mở và sửa", "Open and mend"), href("send", [], open)) : null,
            draft.state === "waiting" && button(tr("Gửi ngay", "Send now"), () => drafts_now().flush()),
            draft.state === "unclear" && button(tr("Hỏi kết quả", "Ask"), () => ask_again(draft).then(again)),
            draft.state !== "waiting" && button(tr("Cất đi", "Put away"), () => drafts_now().remove(draft.id), "quiet")));
}

/* Its verdict had not come in time; the receipt finds it. */
async function ask_again(draft) {
    const { counts, records } = await get(`/api/receipts/${draft.answer.receipt}`);
    const verdict = records[0] ?? { verdict: Object.keys(counts).find((name) => counts[name] > 0) ?? "accepted", flags: [] };
    drafts_now().put({ ...draft, state: verdict.verdict === "rejected" ? "refused" : "sent", answer: { ...draft.answer, verdict, message: verdict.text_vi && tr(verdict.text_vi, verdict.text_en) } });
}

/* What was refused of one's units, whoever sent it. */
function rejected_table(rejected, campaign) {
    return table({
        caption: tr("Báo cáo bị từ chối", "Rejected reports"), hidden_caption: true,
        columns: [
            { name: word("the", "unit"), head: true, show: (row) => (row.unit ? h("a", { href: href("units", [row.unit]) }, row.unit) : "–") },
            { name: tr("Vì sao", "Why"), show: (row) => h("div", verdict_sentence(row, campaign), h("div", { class: "small soft mono" }, row.code)) },
            { name: tr("Làm gì", "What to do"), show: (row) => what_to_do(row) },
            { name: word("the", "receipt"), show: (row) => h("span", { class: "mono" }, row.receipt) },
        ],
        rows: rejected,
        none: [tr("Không có báo cáo nào bị từ chối", "Nothing was rejected"), tr("Mọi báo cáo của đơn vị bạn đều đã được tính.", "All reports of your units count.")],
    });
}

const TO_DO = {
    "rule-broken": ["Sửa số liệu cho khớp rồi gửi lại.", "Mend the figures so that they agree, and send it again."],
    "value-range": ["Kiểm tra lại con số; nếu đúng, báo Thường trực Hội đồng.", "Check the figure; if it is right, tell the council's office."],
    "value-type": ["Ghi đúng loại số rồi gửi lại.", "Write a number of the right kind, and send it again."],
    "period-expired": ["Đã hết hạn nhận; liên hệ cấp trên nếu cần bổ sung.", "It is too late; ask the level above."],
    "period-locked": ["Kỳ đã phê duyệt: đề nghị cấp trên mở lại.", "The period is approved: ask the level above to reopen it."],
    "period-future": ["Đợi tới kỳ đó rồi gửi.", "Wait until the period has begun."],
    "not-allowed": ["Tài khoản này không báo cáo cho đơn vị đó.", "This account does not report for that unit."],
    "form-not-asked": ["Đơn vị này không phải gửi biểu mẫu đó.", "The unit is not asked for that form."],
};

function what_to_do(row) {
    const words = TO_DO[row.code];
    return words ? tr(...words) : tr("Sửa theo lý do rồi gửi lại.", "Mend what the reason names, and send it again.");
}

export async function show(page) {
    const campaign = await campaign_now(), own = h("div"), refused = h("div");
    replace(page.main, panel(tr("Từ trình duyệt này", "From this browser"), own), panel(tr("Bị từ chối, ở mọi đơn vị của bạn", "Rejected, of all your units"), refused));
    const draw_own = () => {
        const all = drafts_now().all();
        replace(own, all.length === 0 ? empty(tr("Chưa gửi gì từ đây", "Nothing was sent from here"), tr("Báo cáo nhập ở trình duyệt này sẽ hiện ở đây cùng kết quả.", "What is filled in here appears with its verdict."), link_button(tr("Nhập biểu mẫu", "Fill in a form"), href("send"), "primary"))
            : h("ul", { class: "draft-list" }, all.map((draft) => draft_line(draft, campaign, draw_own))));
    };
    const draw_refused = () => fill_from(refused, () => get_all("/api/rejected", {}, "rejected", page.signal, 500), ({ rejected }) => rejected_table([...rejected].reverse(), campaign));
    draw_own();
    on_drafts(draw_own, page.signal);
    listen("rejected", draw_refused, page.signal);
    await draw_refused();
}
