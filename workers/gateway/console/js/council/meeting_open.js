/* Calling a meeting: day, title, members, what is on the table. Only what was verified and is in the council's own hands can be put there. */
import { get, get_all, new_key, post } from "../api.js";
import { h, replace } from "../dom.js";
import { campaign_now, me_now, site_now_us } from "../me.js";
import { button, empty, field, input, link_button, notice, page_head, panel, skeleton } from "../parts.js";
import { site_day } from "../format.js";
import { go, href } from "../router.js";
import { title, tr, word } from "../words.js";
import { required, verdict_toast } from "./act.js";
import { own_unit_field, own_units } from "./units.js";
import { deadline_date } from "./words.js";

const NAMES = /[\s,;]+/;

/* The members of the same council's last meeting: mostly the same people. */
async function members_before(unit, signal) {
    const { meetings } = await get("/api/meetings", {}, signal);
    const last = meetings.find((meeting) => meeting.unit === unit);
    return last === undefined ? [] : (await get(`/api/meetings/${last.meeting}`, {}, signal)).members.map((member) => member.principal);
}

function choice(item, campaign, chosen) {
    const award = campaign.awards.find((each) => each.code === item.award);
    return h("label", { class: "form-check" },
        h("input", { type: "checkbox", class: "form-check-input", value: item.nomination, checked: chosen, "data-secret": award?.vote?.secret }),
        h("span", h("strong", item.subject), h("span", { class: "small soft" }, ` ${title(item)} · ${item.name} · ${tr("hạn", "due")} ${deadline_date(item.deadline)}`)));
}

export async function show_meeting_open(page) {
    const [campaign, own] = await Promise.all([campaign_now(), own_units(me_now(), page.signal)]);
    let unit = own[0]?.unit ?? "", key = new_key();
    const today = site_day(site_now_us()).toISOString().slice(0, 10);
    const name = input({ maxlength: 400, value: "" }), day = input({ type: "date", value: today });
    const members = h("textarea", { class: "form-control", rows: 4, spellcheck: false }), teller = input({ value: me_now().principal });
    const ballot_key = input({ maxlength: 64, class: "form-control mono", spellcheck: false });
    const name_field = field(tr("Tên phiên họp", "Title"), name, { hint: tr("Như sẽ ghi trong biên bản.", "As the minutes will name it.") });
    const members_field = field(tr("Thành viên", "Members"), members, { hint: tr("Tên đăng nhập của mọi thành viên Hội đồng, mỗi người một dòng. Tỷ lệ được tính trên số này.", "The sign-in names of all members of the council, one a line. Percents are of this number.") });
    const key_field = field(tr("Khóa kiểm phiếu", "Ballot key"), ballot_key, { hint: tr("64 chữ số mà người kiểm phiếu có từ lệnh “thidua teller key TỆP”. Cần khi có phiếu kín.", "The 64 digits that the teller has of “thidua teller key FILE”. Needed for secret ballots.") });
    const secret = h("div", { hidden: true }, h("div", { class: "pair" }, field(tr("Người kiểm phiếu", "Teller"), teller), key_field));
    const table = h("fieldset", { class: "table-choice" }), told = h("div"), wrong = h("div", { class: "field-wrong", role: "alert" });
    const chosen = () => [...table.querySelectorAll("input:checked")];
    table.addEventListener("change", () => { secret.hidden = !chosen().some((box) => box.hasAttribute("data-secret")); });
    const fill = async () => {
        replace(table, skeleton(3));
        const [{ items }, names] = await Promise.all([get_all("/api/review", { state: "verified", unit, limit: 200 }, "items", page.signal), members_before(unit, page.signal)]);
        const ready = items.filter((item) => item.holder === unit && item.moves.some((move) => move.act === "table" && move.may));
        members.value = members.value || names.join("\n");
        replace(table, h("legend", { class: "visually-hidden" }, tr("Chương trình", "The table")), ready.length === 0
            ? empty(tr("Không có hồ sơ nào để đưa ra họp", "Nothing can be put on the table"), tr("Chỉ hồ sơ đã thẩm định và đang ở nơi này mới đưa ra họp được.", "Only what was verified and is in this council's hands."), link_button(word("page", "review"), href("review", [], { state: "submitted" })))
            : ready.map((item) => choice(item, campaign, item.nomination === page.args.nomination || page.args.nomination === undefined)));
        table.dispatchEvent(new Event("change"));
    };
    const send = async () => {
        const nominations = chosen().map((box) => box.value), hidden = secret.hidden;
        replace(told);
        wrong.textContent = nominations.length === 0 ? tr("Chọn ít nhất một hồ sơ.", "Choose one at least.") : "";
        const key_right = hidden || /^[0-9a-f]{64}$/.test(ballot_key.value.trim());
        key_field.wrong(key_right ? "" : tr("Cần đủ 64 chữ số 0-9 a-f.", "64 digits 0-9 a-f are needed."));
        if (![required(name_field, name), required(members_field, members), key_right, nominations.length > 0].every(Boolean)) {
            return;
        }
        try {
            const answer = await post("/api/meeting", {
                act: "open", unit, title: name.value.trim().normalize("NFC"), date: day.value, nominations,
                members: [...new Set(members.value.split(NAMES).filter(Boolean))], ...(!hidden && { teller: teller.value.trim(), ballot_key: ballot_key.value.trim() }),
            }, { key });
            verdict_toast(answer);
            go("meetings", [answer.meeting]);
        } catch (error) {
            key = error.status === 409 || error.status === 400 ? new_key() : key;
            replace(told, notice("bad", error.message));
        }
    };
    replace(page.main,
        page_head({ crumbs: [{ text: word("page", "meetings"), href: href("meetings") }, { text: tr("Mở phiên họp", "Call a meeting") }], heading: tr("Mở phiên họp", "Call a meeting") }),
        panel(tr("Phiên họp", "The meeting"), h("div", { class: "stack" },
            h("div", { class: "pair" }, own_unit_field(tr("Hội đồng của", "The council of"), { own, chosen: own[0], then: (code) => { unit = code; members.value = ""; fill(); } }), field(tr("Ngày họp", "Day"), day)),
            name_field, members_field)),
        panel(tr("Chương trình", "The table"), table, wrong, secret), told,
        h("div", { class: "row-gap page-foot" }, button(tr("Mở phiên họp", "Call the meeting"), send, "primary")));
    await fill();
}
