/* What may be done with a nomination: a button for each of the answer's `moves` that are the reader's, and the dialog that asks for what
 * the act needs (proto/review.def, its last column). What is not among the moves has no button; what the state machine says to an act that
 * came too late is told in the dialog. */
import { h } from "../dom.js";
import { button, field, input, link_button } from "../parts.js";
import { href } from "../router.js";
import { tr, word } from "../words.js";
import { act_sheet, required } from "./act.js";
import { unit_field, unit_picker } from "./units.js";
import { act_do } from "./words.js";

const REASON_BYTES = 2000; // REASON_MAX

function text_area(rows = 3) {
    return h("textarea", { class: "form-control", rows, maxlength: REASON_BYTES });
}

/* ---- the fields of each act: (item, move, form) => () => {address, fields} or null ---- */

function remark(item, move, form) {
    const text = text_area();
    form.append(field(tr("Ghi chú (nếu có)", "Remark (if any)"), text));
    return () => ({ address: "/api/review", fields: { nomination: item.nomination, act: move.act, ...(text.value.trim() && { reason: text.value.trim() }) } });
}

function reason(item, move, form) {
    const text = text_area(4), made = field(word("the", "reason"), text, { hint: tr("Đơn vị đề nghị sẽ đọc lý do này.", "Who proposed will read it.") });
    form.append(made);
    return () => (required(made, text)
        ? { address: "/api/review", fields: { nomination: item.nomination, act: move.act, reason: text.value.trim() } } : null);
}

function consult(item, move, form) {
    const picker = unit_picker({ label: tr("Đơn vị được hỏi", "The unit that is asked") });
    const made = unit_field(tr("Hỏi đơn vị nào?", "Which unit is asked?"), picker);
    form.append(made);
    return () => {
        made.wrong(picker.unit ? "" : tr("Chọn một đơn vị trong danh sách.", "Choose a unit of the list."));
        return picker.unit ? { address: "/api/review", fields: { nomination: item.nomination, act: "consult", unit: picker.unit.unit } } : null;
    };
}

function opinion(item, move, form) {
    const name = "agrees", text = text_area();
    const choice = (value, words) => h("label", { class: "form-check" },
        h("input", { type: "radio", class: "form-check-input", name, value, required: true }), h("span", words));
    const yes = choice("true", tr("Nhất trí", "In favour")), no = choice("false", tr("Không nhất trí", "Against"));
    const wrong = h("div", { class: "field-wrong", role: "alert", hidden: true }, tr("Chọn nhất trí hay không.", "Say which."));
    const made = field(tr("Ý kiến cụ thể", "In words"), text);
    form.append(h("fieldset", { class: "choice-set" }, h("legend", { class: "field-name" }, tr("Ý kiến của đơn vị", "The unit's opinion")), yes, no, wrong), made);
    return () => {
        const chosen = form.querySelector("input[name=agrees]:checked");
        wrong.hidden = chosen !== null;
        if (chosen === null) {
            return null;
        }
        return { address: "/api/review", fields: { nomination: item.nomination, act: "opinion", unit: move.unit, agrees: chosen.value === "true",
            ...(text.value.trim() && { reason: text.value.trim() }) } };
    };
}

function decision_fields(form, with_signer) {
    const number = input({ maxlength: 64, placeholder: "123/QĐ-UBND" }), date = input({ type: "date" }), signer = input({ maxlength: 200 });
    const fields = [field(tr("Số quyết định", "Number of the decision"), number), field(tr("Ngày ký", "Date"), date),
        with_signer && field(tr("Người ký", "Signed by"), signer)];
    form.append(h("div", { class: "pair" }, fields[0], fields[1]), fields[2] || "");
    return () => {
        const whole = [required(fields[0], number), required(fields[1], date)].every(Boolean);
        return whole ? { number: number.value.trim(), date: date.value, ...(with_signer && signer.value.trim() && { signer: signer.value.trim() }) } : null;
    };
}

function decide(item, move, form) {
    const read = decision_fields(form, true);
    return () => {
        const fields = read();
        return fields && { address: "/api/decide", fields: { nomination: item.nomination, outcome: "decided", ...fields } };
    };
}

function revoke(item, move, form) {
    const read = decision_fields(form, false), text = text_area(4), made = field(word("the", "reason"), text);
    form.append(made);
    return () => {
        const fields = read(), there = required(made, text);
        return fields && there ? { address: "/api/revoke", fields: { nomination: item.nomination, ...fields, reason: text.value.trim() } } : null;
    };
}

/* Once approved, refusing is the authority's decision; before, an act of the review. */
function refuse(item, move, form) {
    if (item.state === "submitted") {
        return reason(item, move, form);
    }
    const text = text_area(4), made = field(word("the", "reason"), text);
    form.append(made);
    return () => (required(made, text)
        ? { address: "/api/decide", fields: { nomination: item.nomination, outcome: "refused", reason: text.value.trim() } } : null);
}

const ACTS = {
    verify: { fields: remark, lead: () => tr("Hồ sơ đủ và đúng. Mọi tài liệu kèm theo phải đã được gửi đủ.", "The dossier is complete and right. Every document must be there, whole.") },
    return: { fields: reason },
    consult: { fields: consult },
    opinion: { fields: opinion },
    conclude: { fields: remark, lead: () => tr("Kết thúc khi hết hạn, dù còn đơn vị chưa trả lời.", "The deadline has passed, though some have not answered.") },
    approve: { fields: remark },
    forward: { fields: remark, lead: (item) => tr(`Hồ sơ rời ${item.holder_name} và được cấp trên xét từ đầu.`, `It leaves ${item.holder_name}; the level above reviews it from the beginning.`) },
    refuse: { fields: refuse, danger: true },
    decide: { fields: decide, lead: () => tr("Ghi lại quyết định đã ký. Sau đó tên được công bố.", "Records the decision that was signed. The name is then published.") },
    revoke: { fields: revoke, danger: true, lead: () => tr("Thu hồi danh hiệu đã trao; tên không còn trong danh sách khen thưởng.", "Takes back what was given; the name leaves the honours.") },
};

const FIRST = ["verify", "opinion", "conclude", "table", "decide", "approve", "forward", "submit"];

function move_button(item, move, primary, done) {
    const look = primary ? "primary" : ACTS[move.act]?.danger ? "danger" : "plain";
    if (move.act === "table") {
        return link_button(act_do("table"), href("meetings", ["new"], { nomination: item.nomination }), look);
    }
    if (move.act === "submit") {
        return link_button(act_do("submit"), href("review", [item.nomination, "anew"]), look);
    }
    const act = ACTS[move.act];
    const words = move.act === "opinion" ? `${act_do(move.act)}: ${move.name}` : act_do(move.act);
    return button(words, () => act_sheet({
        heading: words,
        lead: [item.subject, act.lead?.(item)].filter(Boolean).join(". "),
        fields: (form) => act.fields(item, move, form),
        confirm: act_do(move.act),
        danger: act.danger,
        done,
    }), look);
}

/* Buttons for what is the reader's to do; the first of them stands out. done(answer) after an act. */
export function move_buttons(item, done) {
    const mine = [];
    for (const move of item.moves) {
        const known = move.act in ACTS || move.act === "table" || move.act === "submit";
        // Several units may have been asked: each gives its own opinion. Else one button an act.
        const same = (other) => other.act === move.act && (move.act !== "opinion" || other.unit === move.unit);
        if (move.may && known && !mine.some(same)) {
            mine.push(move);
        }
    }
    const place = (move) => (FIRST.indexOf(move.act) < 0 ? FIRST.length : FIRST.indexOf(move.act));
    mine.sort((a, b) => place(a) - place(b));
    return mine.map((move, i) => move_button(item, move, i === 0 && !ACTS[move.act]?.danger, done));
}

/* What waits for others, in words. */
export function moves_of_others(item) {
    const waiting = item.moves.filter((move) => !move.may && move.unit !== "");
    return [...new Set(waiting.map((move) => `${act_do(move.act)}: ${word("role", move.role).toLowerCase()}, ${move.name || move.unit}`))];
}
