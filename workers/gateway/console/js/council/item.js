/* One nomination: what it is, what it rests on, what was done with it, and what may be done next. */
import { get, new_key, post } from "../api.js";
import { h, replace } from "../dom.js";
import { bytes, date, number, percent, time_of, value_text } from "../format.js";
import { listen } from "../live.js";
import { campaign_now, may } from "../me.js";
import { badge, button, facts, field, fill_from, notice, page_head, panel } from "../parts.js";
import { period_name } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";
import { verdict_toast } from "./act.js";
import { move_buttons, moves_of_others } from "./moves.js";
import { act_done, deadline_date, deadline_word, document_kind, state_badge } from "./words.js";

const REASON_BYTES = 2000;

function summary_panel(item) {
    return panel(tr("Thành tích", "Achievement"),
        h("div", { class: "prose" }, item.summary.split(/\n{2,}/).map((paragraph) => h("p", paragraph))));
}

/* The number as the tallies have it now, and where its unit stood. */
function evidence_panel(item, campaign) {
    return item.evidence.length > 0 && panel(tr("Số liệu làm chứng", "Evidence from the tallies"), table({
        caption: tr("Số liệu làm chứng", "Evidence"), hidden_caption: true,
        columns: [
            { name: word("the", "indicator"), head: true, show: (cell) => title(cell) || cell.indicator },
            { name: word("the", "unit"), show: (cell) => cell.name },
            { name: word("the", "period"), show: (cell) => h("a", { href: href("units", [cell.unit, "reports"], { period: cell.period }) }, period_name(cell.period)) },
            { name: word("the", "value"), number: true, show: (cell) => value_text(cell.value, campaign.indicator_of.get(cell.indicator)) },
            { name: tr("Thứ hạng trong cụm", "Place in its bloc"), number: true, show: (cell) => (cell.rank > 0 ? `${number(cell.rank)}/${number(cell.places)}` : "–") },
        ],
        rows: item.evidence,
    }));
}

function documents_panel(item) {
    return panel(tr("Tài liệu kèm theo", "Documents"), item.documents.length === 0
        ? h("p", { class: "soft" }, tr("Không có tài liệu nào.", "There are none."))
        : h("ul", { class: "document-list" }, item.documents.map((document) => h("li",
            h("div", document.there
                ? h("a", { href: `/api/file?nomination=${encodeURIComponent(item.nomination)}&document=${encodeURIComponent(document.hash)}`, download: document.name }, document.name)
                : document.name,
            h("div", { class: "small soft" }, `${document_kind(document.kind)} · ${bytes(document.bytes)}`)),
            document.there ? badge(tr("đủ", "whole"), "good") : badge(tr("chưa gửi đủ", "not whole yet"), "bad")))));
}

function vote_panel(item) {
    const vote = item.vote;
    if (vote === null) {
        return null;
    }
    const link = h("a", { href: href("meetings", [vote.meeting]) }, tr("Xem phiên họp", "See the meeting"));
    if (!vote.counted) {
        return panel(tr("Biểu quyết", "Vote"), h("p", tr("Đang chờ kiểm phiếu. ", "Not counted yet. "), link));
    }
    return panel(tr("Biểu quyết", "Vote"), facts([
        [tr("Đồng ý", "Yes"), `${number(vote.yes)}/${number(vote.base)} = ${percent(vote.yes, vote.base)}`],
        [tr("Không đồng ý", "No"), number(vote.no)],
        [tr("Không ý kiến", "Abstained"), number(vote.abstain)],
        [tr("Phiếu không hợp lệ", "Spoilt"), vote.spoilt > 0 ? number(vote.spoilt) : ""],
        [tr("Yêu cầu", "Needed"), vote.percent > 0 ? tr(`từ ${vote.percent} %`, `${vote.percent} % or more`) : ""],
        ["", link],
    ]));
}

function act_line(act) {
    const what = act.act === "comment" ? tr("ghi ý kiến", "commented") : act_done(act.act);
    const agrees = act.agrees === null ? "" : act.agrees ? tr(": nhất trí", ": in favour") : tr(": không nhất trí", ": against");
    return h("li", { "data-comment": act.act === "comment" },
        h("div", h("strong", act.principal), ` ${what}${agrees}`, act.unit && h("span", { class: "soft" }, ` (${act.unit})`)),
        (act.number || act.text) && h("p", [act.number && tr(`Số ${act.number}, ngày ${date(act.date)}`, `No. ${act.number} of ${date(act.date)}`), act.text].filter(Boolean).join(". ")),
        h("div", { class: "small soft" }, `${time_of(act.time_us)} · ${act.receipt}`));
}

function comment_form(item, again) {
    const text = h("textarea", { class: "form-control", rows: 2, maxlength: REASON_BYTES });
    const made = field(tr("Thêm ý kiến", "Add a comment"), text, { hint: tr("Mọi người xem được hồ sơ này đều đọc được.", "Whoever sees this nomination reads it.") });
    const told = h("div");
    let key = new_key();
    return h("form", { class: "stack no-print", onsubmit: (event) => event.preventDefault() }, made, told,
        h("div", button(tr("Ghi ý kiến", "Comment"), async () => {
            replace(told);
            if (text.value.trim() === "") {
                made.wrong(tr("Hãy viết ý kiến.", "Write something first."));
                return;
            }
            made.wrong("");
            try {
                verdict_toast(await post("/api/comment", { nomination: item.nomination, text: text.value.trim() }, { key }));
                key = new_key();
                text.value = "";
                await again();
            } catch (error) {
                key = error.status === 409 || error.status === 400 ? new_key() : key;
                replace(told, notice("bad", error.message));
            }
        }, "plain", { type: "submit" })));
}

function history_panel(item, again) {
    return panel(tr("Quá trình", "What was done"),
        h("ol", { class: "acts" }, item.acts.map(act_line)), may("comment") && comment_form(item, again));
}

function others_panel(item) {
    return item.others.length > 0 && panel(tr("Đề nghị khác của cùng tên này", "The same name elsewhere"),
        h("p", { class: "small soft" }, tr("Trùng tên không có nghĩa là cùng một người: hãy kiểm tra.", "The same name may be somebody else: check.")),
        h("ul", { class: "plain-list" }, item.others.map((other) => h("li",
            h("a", { href: href("review", [other.nomination]) }, title(other)), " · ", other.name, " ", state_badge(other.state)))),
        h("p", h("a", { href: href("honours", ["history"], { subject: item.subject }) }, tr("Toàn bộ quá trình khen thưởng", "The whole history"))));
}

function next_panel(item, again) {
    const buttons = move_buttons(item, again), others = moves_of_others(item);
    return panel(tr("Việc tiếp theo", "What comes next"),
        buttons.length > 0 ? h("div", { class: "moves" }, buttons)
            : h("p", { class: "soft" }, item.state === "in_review" ? tr("Chờ kết quả phiên họp.", "Waiting for the meeting's count.") : tr("Bạn không có việc gì ở bước này.", "Nothing is yours to do here now.")),
        item.asked.length > 0 && h("p", { class: "small" }, tr("Chưa trả lời hiệp y: ", "Asked, not heard yet: "), item.asked.map((unit) => unit.name).join(", ")),
        others.length > 0 && h("details", { class: "small soft" }, h("summary", tr("Việc của người khác", "What others may do")),
            h("ul", { class: "plain-list" }, others.map((words) => h("li", words)))));
}

function facts_panel(item, day) {
    return panel(tr("Hồ sơ", "Dossier"), facts([
        [tr("Trạng thái", "State"), state_badge(item.state)],
        [word("the", "deadline"), item.deadline && h("span", deadline_date(item.deadline), " ", deadline_word(item.deadline, day))],
        [tr("Nơi giữ", "In hand"), item.holder_name],
        [tr("Đơn vị đề nghị", "Proposed by"), item.name],
        [tr("Thuộc đơn vị", "Belongs to"), item.subject_unit_name],
        [tr("Cấp quyết định", "Decided by"), word("authority", item.level)],
        [tr("Nội dung thi đua", "Theme"), title({ title_vi: item.theme_title_vi, title_en: item.theme_title_en })],
        [tr("Thủ tục", "Procedure"), item.simplified ? tr("đơn giản", "simplified") : tr("thông thường", "ordinary")],
        [tr("Quyết định", "Decision"), item.number && `${item.number}, ${date(item.date)}${item.signer ? ` (${item.signer})` : ""}`],
        [tr("Đề nghị ngày", "Proposed on"), time_of(item.submitted_us)],
        [word("the", "code"), h("span", { class: "mono small" }, item.nomination)],
    ]));
}

/* The site's day, for deadlines; the list has it, one item has not. */
async function day_now(signal) {
    return (await get("/api/review", { limit: 1 }, signal)).day;
}

export async function show_item(page, id) {
    const campaign = await campaign_now();
    const box = h("div"), head = h("div");
    replace(page.main, head, box);
    const again = () => fill_from(box, async () => [await get(`/api/review/${encodeURIComponent(id)}`, {}, page.signal), await day_now(page.signal)], ([item, day]) => {
        page.title(item.subject);
        replace(head, page_head({
            crumbs: [{ text: word("page", "review"), href: href("review") }, { text: word("kind", item.kind) }],
            heading: item.subject, lead: title(item), tools: [button(word("do", "print"), () => window.print(), "quiet")],
        }));
        return h("div", { class: "two item" },
            h("div", summary_panel(item), evidence_panel(item, campaign), documents_panel(item), history_panel(item, again), others_panel(item)),
            h("div", h("div", { class: "item-next" }, next_panel(item, again)), vote_panel(item), facts_panel(item, day)));
    });
    listen("queue", () => {
        // Not while somebody writes: what was typed would go.
        if (!page.main.contains(document.activeElement) || document.activeElement.tagName !== "TEXTAREA") {
            again();
        }
    }, page.signal);
    await again();
}
