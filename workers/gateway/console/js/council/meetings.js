/* Every meeting, the newest first. */
import { get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { date, number } from "../format.js";
import { listen } from "../live.js";
import { has_role, may } from "../me.js";
import { badge, empty, fill_from, link_button, page_head } from "../parts.js";
import { href } from "../router.js";
import { tr, word } from "../words.js";

export function closed_badge(meeting) {
    return meeting.closed ? badge(tr("đã kết thúc", "closed")) : badge(tr("đang họp", "open"), "good");
}

function card(meeting) {
    return h("li", h("article", { class: "card meeting-card" },
        h("div", { class: "row-gap" }, h("span", { class: "soft" }, date(meeting.date)), closed_badge(meeting)),
        h("h2", h("a", { href: href("meetings", [meeting.meeting]) }, meeting.title)),
        h("div", { class: "soft" }, meeting.name),
        h("div", { class: "small" }, tr(`${number(meeting.nomination_count)} hồ sơ · có mặt ${number(meeting.present_count)}/${number(meeting.member_count)} thành viên`,
            `${number(meeting.nomination_count)} on the table · ${number(meeting.present_count)} of ${number(meeting.member_count)} members present`))));
}

export async function show_meetings(page) {
    const box = h("div"), may_open = may("meeting") && has_role("secretary");
    const open = may_open && link_button(tr("Mở phiên họp", "Call a meeting"), href("meetings", ["new"]), "primary");
    replace(page.main, page_head({ heading: word("page", "meetings"),
        lead: tr("Phiên họp Hội đồng: thành phần, chương trình, biểu quyết và kết quả.", "The council's meetings: who is there, what is on the table, votes and counts."),
        tools: open ? [open] : [] }), box);
    const draw = () => fill_from(box, () => get_all("/api/meetings", {}, "meetings", page.signal), ({ meetings }) => (meetings.length === 0
        ? empty(tr("Chưa có phiên họp nào", "No meeting yet"), may_open ? tr("Thẩm định hồ sơ trước, rồi mở phiên họp với các hồ sơ đã thẩm định.", "Verify nominations first, then call a meeting on them.")
            : tr("Thư ký Hội đồng mở phiên họp.", "The council's secretary calls one."))
        : h("ul", { class: "meeting-list" }, meetings.map(card))));
    listen("queue", draw, page.signal);
    await draw();
}
