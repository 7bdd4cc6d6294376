/* A proposal: who, for which award, on what grounds, with which documents. What is written is kept in this browser until it is sent;
 * documents are sent one by one, so that a line that breaks costs one of them and not all. */
import { get, new_key, post, post_bytes } from "../api.js";
import { h, replace } from "../dom.js";
import { bytes, value_text } from "../format.js";
import { campaign_now, me_now, period_now } from "../me.js";
import { button, field, input, notice, page_head, panel, select, toast } from "../parts.js";
import { period_name, row_to } from "../periods.js";
import { go, href } from "../router.js";
import { title, tr, word } from "../words.js";
import { required, verdict_toast } from "./act.js";
import { own_unit_field, own_units, unit_field, unit_picker } from "./units.js";
import { DOCUMENTS, document_kind, LEVELS } from "./words.js";

const SUMMARY_BYTES = 16000; // SUMMARY_MAX
const FILE_BYTES = 10 << 20; // FILE_BYTES_MAX
const DOCUMENTS_MOST = 20; // DOCUMENTS_MAX
const EVIDENCE_MOST = 200; // EVIDENCE_MAX
const MONTHS = 15;

/* ---- what is kept ---- */

function keeper(nomination) {
    const name = `thidua.nomination.${me_now().principal}.${nomination ?? "new"}`;
    return {
        read() {
            try {
                return JSON.parse(localStorage.getItem(name));
            } catch {
                return null;
            }
        },
        write(proposal) {
            try {
                localStorage.setItem(name, JSON.stringify(proposal));
            } catch {
                /* A browser that keeps nothing: the page still holds it. */
            }
        },
        forget() {
            localStorage.removeItem(name);
        },
    };
}

function proposal_new(own) {
    return { unit: own[0]?.unit ?? "", award: "", kind: "", subject: "", subject_unit: null, theme: "", summary: "", evidence: [], documents: [], simplified: false };
}

function proposal_of(item) {
    return {
        unit: item.unit, award: item.award, kind: item.kind, subject: item.subject, theme: item.theme, summary: item.summary, simplified: item.simplified,
        subject_unit: item.subject_unit ? { unit: item.subject_unit, name: item.subject_unit_name } : null,
        evidence: item.evidence.map(({ unit, name, period, indicator }) => ({ unit, name, period, indicator })),
        documents: item.documents.map(({ hash, kind, name, bytes: size }) => ({ hash, kind, name, bytes: size })),
    };
}

/* ---- award, kind, simplified ---- */

function award_choices(campaign) {
    return LEVELS.map((level) => [level, campaign.awards.filter((award) => award.level === level)]).filter(([, list]) => list.length > 0);
}

/* Which kinds an award is for, and whether it knows the simplified procedure, follows from the award. */
function award_fields(proposal, campaign, keep) {
    const kind_box = h("div"), simple_box = h("div");
    const follow = () => {
        const award = campaign.awards.find((each) => each.code === proposal.award);
        const kinds = award?.subjects ?? [];
        proposal.kind = kinds.includes(proposal.kind) ? proposal.kind : kinds[0] ?? "";
        proposal.simplified = proposal.simplified && Boolean(award?.simplified);
        replace(kind_box, kinds.length > 1 && field(tr("Đối tượng là", "The subject is"),
            select(kinds.map((kind) => [kind, word("kind", kind)]), proposal.kind, (kind) => { proposal.kind = kind; keep(); })));
        replace(simple_box, award?.simplified && h("label", { class: "form-check" },
            h("input", { type: "checkbox", class: "form-check-input", checked: proposal.simplified, onchange: (event) => { proposal.simplified = event.target.checked; keep(); } }),
            h("span", tr("Thủ tục đơn giản: thành tích đột xuất, không qua phiên họp", "Simplified procedure: an extraordinary achievement, without a meeting"))));
        keep();
    };
    const list = h("select", { class: "form-select", onchange: (event) => { proposal.award = event.target.value; follow(); } },
        h("option", { value: "" }, tr("Chọn…", "Choose…")),
        award_choices(campaign).map(([level, awards]) => h("optgroup", { label: word("authority", level) },
            awards.map((award) => h("option", { value: award.code, selected: award.code === proposal.award }, title(award))))));
    const made = field(tr("Danh hiệu, hình thức khen thưởng", "Award"), list);
    follow();
    return { nodes: [made, kind_box, simple_box], check: () => required(made, list) };
}

/* ---- evidence ---- */

function evidence_add(proposal, campaign, own, draw) {
    let unit = own[0] ?? null;
    const indicators = campaign.themes.map((theme) => h("optgroup", { label: title(theme) },
        campaign.indicators.filter((one) => one.theme === theme.code).map((one) => h("option", { value: one.code }, title(one)))));
    const indicator = h("select", { class: "form-select" }, indicators);
    const period = select(row_to(period_now("month"), MONTHS).reverse().map((one) => [one, period_name(one)]), period_now("month"));
    const picker = unit_picker({ chosen: unit, then: (chosen) => { unit = chosen; } });
    const add = button(tr("Thêm số liệu này", "Add this figure"), async () => {
        if (unit === null || proposal.evidence.length >= EVIDENCE_MOST) {
            return;
        }
        const cell = { unit: unit.unit, name: unit.name, period: period.value, indicator: indicator.value };
        if (!proposal.evidence.some((each) => each.unit === cell.unit && each.period === cell.period && each.indicator === cell.indicator)) {
            proposal.evidence.push(cell);
        }
        await draw();
    });
    return h("div", { class: "evidence-add" }, unit_field(word("the", "unit"), picker), field(word("the", "period"), period), field(word("the", "indicator"), indicator), add);
}

/* What the tallies say of a cell now; a unit that one may not see has no figure here, and none for who reviews is lost. */
async function cell_value(cell, campaign, signal) {
    try {
        const answer = await get("/api/tallies", { unit: cell.unit, period: cell.period, indicators: cell.indicator }, signal);
        const found = answer.rows[0].values.find((each) => each.indicator === cell.indicator);
        return found === undefined ? tr("chưa có số liệu", "no figure yet") : value_text(found.value, campaign.indicator_of.get(cell.indicator));
    } catch (error) {
        return error.name === "AbortError" ? "" : "–";
    }
}

function evidence_panel(proposal, campaign, own, keep, signal) {
    const list = h("ul", { class: "document-list" });
    const draw = async () => {
        keep();
        replace(list, proposal.evidence.map((cell) => {
            const value = h("span", { class: "number" }, "…");
            cell_value(cell, campaign, signal).then((text) => { value.textContent = text; });
            return h("li", h("div", title(campaign.indicator_of.get(cell.indicator) ?? { code: cell.indicator }),
                h("div", { class: "small soft" }, `${cell.name} · ${period_name(cell.period)}`)),
            h("div", { class: "row-gap" }, value, button(tr("Bỏ", "Remove"), () => {
                proposal.evidence = proposal.evidence.filter((each) => each !== cell);
                return draw();
            }, "quiet")));
        }));
    };
    draw();
    return panel(tr("Số liệu làm chứng", "Evidence from the tallies"),
        h("p", { class: "soft small" }, tr("Chỉ tiêu nào cho thấy thành tích này? Người xét thấy số liệu lấy từ báo cáo, kèm thứ hạng.", "Which figures show it? Who reviews sees them as reported, with the place in the bloc.")),
        list, evidence_add(proposal, campaign, own, draw));
}

/* ---- documents ---- */

function documents_panel(proposal, keep, signal) {
    const list = h("ul", { class: "document-list" }), told = h("div", { role: "status" });
    const kind = select(DOCUMENTS.map(([code, vi, en]) => [code, tr(vi, en)]), "report");
    const files = h("input", { type: "file", class: "form-control", multiple: true });
    const draw = () => {
        keep();
        replace(list, proposal.documents.map((document) => h("li",
            h("div", document.name, h("div", { class: "small soft" }, `${document_kind(document.kind)} · ${bytes(document.bytes)}`)),
            button(tr("Bỏ", "Remove"), () => {
                proposal.documents = proposal.documents.filter((each) => each !== document);
                draw();
            }, "quiet"))));
    };
    const send = async (file) => {
        if (file.size === 0 || file.size > FILE_BYTES || proposal.documents.length >= DOCUMENTS_MOST) {
            throw new Error(file.size > FILE_BYTES ? tr(`${file.name}: lớn hơn ${bytes(FILE_BYTES)}.`, `${file.name}: larger than ${bytes(FILE_BYTES)}.`)
                : file.size === 0 ? tr(`${file.name}: tệp trống.`, `${file.name} is empty.`)
                    : tr(`Nhiều nhất ${DOCUMENTS_MOST} tài liệu.`, `At most ${DOCUMENTS_MOST} documents.`));
        }
        replace(told, tr(`Đang gửi ${file.name}…`, `Sending ${file.name}…`));
        const answer = await post_bytes("/api/file", { unit: proposal.unit }, file, "application/octet-stream", { key: new_key(), signal });
        if (!proposal.documents.some((each) => each.hash === answer.hash)) {
            proposal.documents.push({ hash: answer.hash, kind: kind.value, name: file.name.normalize("NFC"), bytes: answer.bytes });
        }
    };
    files.addEventListener("change", async () => {
        files.disabled = true;
        replace(told);
        let wrong = "";
        for (const file of files.files) {
            try {
                await send(file);
                draw();
            } catch (error) {
                wrong = error.message;
                break;
            }
        }
        replace(told, wrong && notice("bad", wrong, tr("Chọn lại tệp này để gửi tiếp.", "Choose the file again to go on.")));
        files.value = "";
        files.disabled = false;
    });
    draw();
    return panel(tr("Tài liệu kèm theo", "Documents"), list,
        h("div", { class: "pair" }, field(tr("Loại", "Kind"), kind),
            field(tr("Tệp", "Files"), files, { hint: tr(`Mỗi tệp tối đa ${bytes(FILE_BYTES)}.`, `At most ${bytes(FILE_BYTES)} each.`) })), told);
}

/* ---- the page ---- */

function fields_of(proposal, nomination) {
    const { unit, award, kind, subject, subject_unit, theme, summary, evidence, documents, simplified } = proposal;
    return {
        ...(nomination && { nomination }), unit, award, kind, subject: subject.trim(), summary: summary.trim(), simplified,
        ...(subject_unit && { subject_unit: subject_unit.unit }), ...(theme && { theme }),
        evidence: evidence.map((cell) => ({ unit: cell.unit, period: cell.period, indicator: cell.indicator })), documents,
    };
}

function summary_field(proposal, keep) {
    const left = h("span"), text = h("textarea", { class: "form-control", rows: 8, value: proposal.summary });
    const made = field(tr("Thành tích", "Achievement"), text, { hint: h("span", tr("Làm được gì, ở đâu, khi nào, cho bao nhiêu người. ", "What was done, where, when, for how many. "), left) });
    const count = () => {
        const used = new TextEncoder().encode(text.value.trim()).length;
        left.textContent = used > SUMMARY_BYTES * 0.8 ? tr(`Đã dùng ${Math.ceil((used * 100) / SUMMARY_BYTES)} % độ dài cho phép.`, `${Math.ceil((used * 100) / SUMMARY_BYTES)} % of the length is used.`) : "";
        return used <= SUMMARY_BYTES;
    };
    text.addEventListener("input", () => { proposal.summary = text.value.normalize("NFC"); count(); keep(); });
    count();
    return { made, check() {
        if (!required(made, text)) {
            return false;
        }
        made.wrong(count() ? "" : tr("Dài quá: rút lại còn bốn trang.", "Too long: four pages are the most."));
        return count();
    } };
}

export async function show_nominate(page, nomination) {
    const [campaign, own, item] = await Promise.all([campaign_now(), own_units(me_now(), page.signal),
        nomination ? get(`/api/review/${encodeURIComponent(nomination)}`, {}, page.signal) : null]);
    const kept = keeper(nomination), proposal = kept.read() ?? (item ? proposal_of(item) : proposal_new(own));
    const keep = () => kept.write(proposal);
    let key = new_key(); // of this act: another one once it was refused
    const told = h("div");
    const name = input({ value: proposal.subject, maxlength: 200, oninput: () => { proposal.subject = name.value.normalize("NFC"); keep(); } });
    const name_field = field(tr("Tên tập thể, cá nhân hoặc hộ gia đình", "Name of the collective, person or household"), name);
    const award = award_fields(proposal, campaign, keep), summary = summary_field(proposal, keep);
    const unit = item ? field(tr("Đơn vị đề nghị", "Proposing unit"), input({ value: item.name, disabled: true }))
        : own_unit_field(tr("Đơn vị đề nghị", "Proposing unit"), { own, chosen: own.find((each) => each.unit === proposal.unit), then: (code) => { proposal.unit = code; keep(); } });
    const belongs = unit_picker({ chosen: proposal.subject_unit, then: (chosen) => { proposal.subject_unit = chosen && { unit: chosen.unit, name: chosen.name }; keep(); } });
    const theme = select([["", tr("Không riêng nội dung nào", "None in particular")], ...campaign.themes.map((each) => [each.code, title(each)])], proposal.theme, (code) => { proposal.theme = code; keep(); });
    const send = async () => {
        replace(told);
        if (![required(name_field, name), award.check(), summary.check()].every(Boolean)) {
            page.main.querySelector("[aria-invalid=true]").focus();
            return;
        }
        try {
            const answer = await post("/api/nominate", fields_of(proposal, nomination), { key });
            kept.forget();
            verdict_toast(answer);
            go("review", [answer.nomination ?? nomination]);
        } catch (error) {
            key = error.status === 409 || error.status === 400 ? new_key() : key;
            replace(told, notice("bad", error.message));
        }
    };
    replace(page.main,
        page_head({
            crumbs: [{ text: word("page", "review"), href: href("review") }, { text: tr("Lập đề nghị", "Propose") }],
            heading: item ? tr("Gửi lại đề nghị", "Propose again") : tr("Lập đề nghị khen thưởng", "Propose somebody"),
            lead: tr("Nháp được giữ trong trình duyệt này cho tới khi gửi.", "The draft stays in this browser until it is sent."),
        }),
        item && returned_notice(item),
        panel(tr("Ai và danh hiệu nào", "Who, and which award"), h("div", { class: "stack" }, h("div", { class: "pair" }, unit, award.nodes[0]), award.nodes[1], name_field,
            h("div", { class: "pair" }, unit_field(tr("Thuộc đơn vị (nếu khác nơi đề nghị)", "Belongs to (if another unit)"), belongs), field(tr("Nội dung thi đua", "Theme"), theme)), award.nodes[2])),
        panel(tr("Báo cáo thành tích", "Report of achievements"), summary.made),
        evidence_panel(proposal, campaign, own, keep, page.signal), documents_panel(proposal, keep, page.signal), told,
        h("div", { class: "row-gap page-foot" }, button(tr("Gửi đề nghị", "Send the proposal"), send, "primary"),
            button(tr("Bỏ nháp", "Drop the draft"), () => { kept.forget(); toast(tr("Đã bỏ nháp.", "The draft is gone.")); go("review"); }, "quiet")));
}

/* Why it came back. */
function returned_notice(item) {
    const back = [...item.acts].reverse().find((act) => act.act === "return");
    return back && notice("warn", tr("Hồ sơ đã bị trả lại", "It was returned"), back.text);
}
