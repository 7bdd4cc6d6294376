/* One meeting: who is there, what is on the table, the votes and what they add up to. Of a secret ballot only who has cast one is known
 * here; its choice is sealed by the gateway the moment it comes (SECURITY.md) and shown nowhere, also not to who cast it. */
import { get_all, new_key, post } from "../api.js";
import { h, replace } from "../dom.js";
import { date, number, percent } from "../format.js";
import { listen } from "../live.js";
import { has_role, me_now, may } from "../me.js";
import { badge, button, facts, field, fill_from, link_button, notice, page_head, panel } from "../parts.js";
import { href } from "../router.js";
import { title, tr, word } from "../words.js";
import { act_sheet, required, verdict_toast } from "./act.js";
import { closed_badge } from "./meetings.js";
import { choice_word, rule_sentence } from "./words.js";

const CHOICES = ["yes", "no", "abstain"];
const NUMBERS = { yes: 1, no: 2, abstain: 3 }; // as sent: all of one length, so that TLS hides which

/* ---- attendance ---- */

function attendance_form(meeting, again) {
    const told = h("div"), boxes = meeting.members.map((member) => h("label", { class: "form-check" },
        h("input", { type: "checkbox", class: "form-check-input", checked: member.present, value: member.principal }), h("span", member.principal)));
    let key = new_key();
    return h("form", { class: "stack", onsubmit: (event) => event.preventDefault() },
        h("fieldset", { class: "attendance" }, h("legend", { class: "visually-hidden" }, tr("Ai có mặt?", "Who is present?")), boxes), told,
        h("div", button(tr("Ghi thành phần có mặt", "Record who is present"), async () => {
            replace(told);
            try {
                verdict_toast(await post("/api/meeting", { meeting: meeting.meeting, act: "attend",
                    members: boxes.map((box) => box.querySelector("input")).filter((box) => box.checked).map((box) => box.value) }, { key }));
                await again();
            } catch (error) {
                key = error.status === 409 || error.status === 400 ? new_key() : key;
                replace(told, notice("bad", error.message));
            }
        }, "plain", { type: "submit" })));
}

function attendance_panel(meeting, runs, again) {
    const there = meeting.members.filter((member) => member.present).length;
    return panel(tr(`Thành phần: có mặt ${number(there)}/${number(meeting.members.length)}`, `Present: ${number(there)} of ${number(meeting.members.length)}`),
        runs && !meeting.closed ? attendance_form(meeting, again)
            : h("ul", { class: "voters" }, meeting.members.map((member) => h("li", badge(member.present ? member.principal : tr(`${member.principal} (vắng)`, `${member.principal} (absent)`), member.present ? "good" : undefined)))));
}

/* ---- votes ---- */

function sums_of(item) {
    const sums = item.recorded ?? item.sums;
    const rows = [["yes", sums.yes], ["no", sums.no], ["abstain", sums.abstain], ...(sums.spoilt > 0 ? [["spoilt", sums.spoilt]] : [])];
    return h("div", { class: "tally" }, rows.map(([choice, count]) => [
        h("span", choice === "spoilt" ? tr("không hợp lệ", "spoilt") : choice_word(choice)),
        h("span", { class: "tally-bar", "data-choice": choice, "aria-hidden": "true" }, h("i", { style: { width: `${sums.base > 0 ? Math.min(100, (count * 100) / sums.base) : 0}%` } })),
        h("span", { class: "number" }, number(count))]));
}

function result_of(meeting, item) {
    const sums = item.recorded ?? item.sums;
    if (!item.sums.counted && item.recorded === null) {
        const sealed = item.votes.filter((vote) => vote.secret).length;
        return h("p", tr(`${number(sealed)} phiếu đã niêm phong; người kiểm phiếu chưa mở.`, `${number(sealed)} sealed ${sealed === 1 ? "ballot" : "ballots"}; the teller has not opened them.`));
    }
    const share = `${number(sums.yes)}/${number(sums.base)} = ${percent(sums.yes, sums.base)}`;
    if (!meeting.closed) {
        const enough = item.sums.carried ? badge(tr("đủ để thông qua", "enough to carry"), "good") : badge(tr("chưa đủ để thông qua", "not enough yet"), "warn");
        return h("p", share, " ", item.sums.quorum ? enough : badge(tr("chưa đủ thành viên", "no quorum yet"), "warn"));
    }
    const carried = { approved: true, decided: true, forwarded: true, refused: false }[item.state];
    return h("p", share, " ", !item.sums.quorum ? badge(tr("không đủ thành viên", "no quorum"), "warn")
        : (carried ?? item.sums.carried) ? badge(tr("thông qua", "carried"), "good") : badge(tr("không thông qua", "not carried"), "bad"));
}

function voters_of(item) {
    return item.votes.length > 0 && h("details", { class: "small" },
        h("summary", tr(`${number(item.votes.length)} người đã bỏ phiếu`, `${number(item.votes.length)} have voted`)),
        h("ul", { class: "voters" }, item.votes.map((vote) => h("li", badge([vote.principal, vote.secret ? "" : choice_word(vote.choice), vote.written ? tr("bằng văn bản", "in writing") : ""].filter(Boolean).join(": "),
            vote.secret ? undefined : { yes: "good", no: "bad" }[vote.choice])))));
}

function ask_choice(meeting, item, choice, written, again) {
    act_sheet({
        heading: tr(`Bỏ phiếu: ${choice_word(choice)}`, `Vote: ${choice_word(choice)}`),
        lead: [`${item.subject}: ${title(item)}.`, item.rule?.secret ? tr("Phiếu kín: được niêm phong ngay khi tới máy chủ, chỉ tổng số được công bố.", "A secret ballot: it is sealed as it reaches the server, and only the sums are told.")
            : tr("Biểu quyết công khai: mọi thành viên thấy lựa chọn này.", "An open vote: all members see this choice."), tr("Không đổi được sau khi gửi.", "It cannot be changed.")].join(" "),
        fields: () => () => ({ address: "/api/vote", fields: { meeting: meeting.meeting, nomination: item.nomination, choice: NUMBERS[choice], ...(written && { written: true }) } }),
        confirm: tr("Bỏ phiếu", "Cast it"),
        done: again,
    });
}

/* Three buttons for a member who has not voted; else why there are none. */
function casting(meeting, item, again) {
    const own = meeting.members.find((member) => member.principal === me_now().principal);
    if (meeting.closed || own === undefined || !may("vote")) {
        return null;
    }
    const cast = item.votes.find((vote) => vote.principal === own.principal);
    if (cast !== undefined) {
        return notice("good", cast.secret ? tr("Bạn đã bỏ phiếu kín.", "You have cast a secret ballot.") : tr(`Bạn đã bỏ phiếu: ${choice_word(cast.choice)}.`, `You voted: ${choice_word(cast.choice)}.`));
    }
    const written = !own.present;
    if (written && !item.rule?.written) {
        return h("p", { class: "soft small" }, tr("Bạn chưa được ghi là có mặt, và hình thức này không nhận phiếu bằng văn bản.", "You are not recorded as present, and this award takes no vote in writing."));
    }
    return h("div", written && h("p", { class: "small" }, tr("Bạn vắng mặt: phiếu này được ghi là biểu quyết bằng văn bản.", "You are absent: this is recorded as a vote in writing.")),
        h("div", { class: "ballot-choices", role: "group", "aria-label": tr(`Bỏ phiếu về ${item.subject}`, `Vote on ${item.subject}`) },
            CHOICES.map((choice) => button({ yes: tr("Đồng ý", "Yes"), no: tr("Không đồng ý", "No"), abstain: tr("Không ý kiến", "Abstain") }[choice],
                () => ask_choice(meeting, item, choice, written, again))))); // alike: no choice is the page's
}

function ballot(meeting, item, again) {
    return h("article", { class: "ballot" },
        h("div", h("h3", h("a", { href: href("review", [item.nomination]) }, item.subject)), h("div", title(item)),
            h("div", { class: "small soft" }, rule_sentence(item.rule)), voters_of(item)),
        h("div", { class: "ballot-side" }, (item.sums.counted || item.recorded) && sums_of(item), result_of(meeting, item), casting(meeting, item, again)));
}

/* ---- the secretary's acts ---- */

function unopened(meeting) {
    return meeting.table.filter((item) => !item.sums.counted);
}

function close_button(meeting, again) {
    return button(tr("Kết thúc và ghi kết quả", "Close and record the count"), () => act_sheet({
        heading: tr("Kết thúc phiên họp", "Close the meeting"),
        lead: unopened(meeting).length > 0
            ? tr("Còn phiếu kín chưa kiểm: người kiểm phiếu phải mở trước (thidua teller open), nếu không việc này bị từ chối.", "Secret ballots are not counted yet: the teller opens them first (thidua teller open), else this is refused.")
            : tr("Hồ sơ đủ phiếu được thông qua, hồ sơ khác không; thiếu thành viên thì trở lại hàng đợi. Không mở lại được.", "What has enough votes is approved, the rest is not; without a quorum it goes back to the queue. It cannot be opened again."),
        fields: () => () => ({ address: "/api/meeting", fields: { meeting: meeting.meeting, act: "close" } }),
        confirm: tr("Kết thúc phiên họp", "Close the meeting"), done: again,
    }), "primary");
}

function cancel_button(meeting, again) {
    return button(tr("Hủy phiên họp", "Call it off"), () => act_sheet({
        heading: tr("Hủy phiên họp", "Call the meeting off"),
        lead: tr("Các hồ sơ trở lại hàng đợi; phiếu đã bỏ không được tính.", "What is on the table goes back to the queue; votes that were cast do not count."),
        fields: (form) => {
            const text = h("textarea", { class: "form-control", rows: 3, maxlength: 2000 }), made = field(word("the", "reason"), text);
            form.append(made);
            return () => (required(made, text) ? { address: "/api/meeting", fields: { meeting: meeting.meeting, act: "cancel", reason: text.value.trim() } } : null);
        },
        confirm: tr("Hủy phiên họp", "Call it off"), danger: true, done: again,
    }), "danger");
}

export async function show_meeting(page, id) {
    const box = h("div"), head = h("div");
    replace(page.main, head, box);
    const again = () => fill_from(box, () => get_all(`/api/meetings/${encodeURIComponent(id)}`, {}, "table", page.signal), (meeting) => {
        const runs = has_role("secretary") && may("meeting");
        page.title(meeting.title);
        replace(head, page_head({
            crumbs: [{ text: word("page", "meetings"), href: href("meetings") }, { text: date(meeting.date) }],
            heading: meeting.title, lead: `${meeting.name} · ${date(meeting.date)}`,
            tools: [closed_badge(meeting), link_button(tr("Biên bản", "Minutes"), href("meetings", [meeting.meeting, "minutes"]))],
        }));
        return h("div", panel(tr("Chương trình và biểu quyết", "The table and the votes"), meeting.table.map((item) => ballot(meeting, item, again))),
            attendance_panel(meeting, runs, again),
            panel(tr("Phiên họp", "The meeting"), facts([
                [tr("Người kiểm phiếu kín", "Teller"), meeting.teller],
                [tr("Khóa kiểm phiếu", "Ballot key"), meeting.ballot_key && h("span", { class: "mono small" }, meeting.ballot_key)],
                [word("the", "code"), h("span", { class: "mono small" }, meeting.meeting)],
                [word("the", "receipt"), meeting.receipt],
            ]), runs && !meeting.closed && h("div", { class: "row-gap no-print" }, close_button(meeting, again), cancel_button(meeting, again))));
    });
    listen("queue", again, page.signal);
    await again();
}
