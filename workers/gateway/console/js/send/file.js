/* A CSV file: read here, looked at by the gateway without being sent (dryRun) and by the form's rules, errors beside the rows; then sent
 * under one key, so that a line that breaks in the middle costs nothing but the time to press again. */
import { new_key, post_bytes } from "../api.js";
import { h, replace } from "../dom.js";
import { bytes, number } from "../format.js";
import { campaign_now } from "../me.js";
import { badge, button, field, notice, panel, select, skeleton, toast } from "../parts.js";
import { language, title, tr } from "../words.js";
import { report_check } from "./check.js";
import { BYTES_MAX, csv_import, csv_read } from "./csv.js";
import { mistake_sentence } from "./sentences.js";

const SHOWN = 200; // rows on the page: first those with a mistake

const KINDS = {
    quote: () => tr("Một dấu ngoặc kép không được đóng: tệp không đọc tiếp được.", "A quotation mark is never closed: the file cannot be read on."),
    empty: () => tr("Tệp không có dòng số liệu nào.", "The file has no rows."),
    header: () => tr("Dòng đầu phải có cột đơn vị (unit) và kỳ (period), rồi các cột chỉ tiêu; hoặc các cột dataelement, period, orgunit, value.", "The first row needs the columns unit and period, then the indicators; or dataelement, period, orgunit, value."),
    column: (found) => tr(`Không có chỉ tiêu “${found}”.`, `There is no indicator “${found}”.`),
    cells: (found) => tr(`Dòng có ${found} ô, khác với dòng đầu.`, `The row has ${found} cells, unlike the first.`),
    rows: (found) => tr(`Nhiều hơn ${number(found)} dòng: dùng lệnh thidua import.`, `More than ${number(found)} rows: use thidua import.`),
};

/* ---- looking ---- */

/* The rules between values, row by row, where a row is a report of a known form. */
function rules_look(read, form, campaign, say) {
    const by_report = new Map();
    for (const cell of read.cells) {
        const key = `${cell.unit}/${cell.period}`;
        by_report.set(key, [...(by_report.get(key) ?? []), cell]);
    }
    for (const cells of by_report.values()) {
        const texts = new Map(cells.map((cell) => [cell.indicator, cell.value]));
        for (const mistake of report_check(campaign, form, texts, "en").mistakes) {
            if (mistake.kind === "rule") {
                say(cells[0].row, null, mistake_sentence(mistake, campaign), mistake.severity === "warn");
            }
        }
    }
}

/* {say: Map of row to [{column, sentence, warn}], wrong, warned}: all that is known before anything is sent. */
function said_new() {
    const rows = new Map();
    let wrong = 0, warned = 0;
    return {
        rows, counts: () => ({ wrong, warned }),
        say(row, column, sentence, warn = false) {
            const list = rows.get(row) ?? [];
            if (!list.some((each) => each.sentence === sentence && each.column === column)) {
                rows.set(row, [...list, { column, sentence, warn }]);
                wrong += warn ? 0 : 1;
                warned += warn ? 1 : 0;
            }
        },
    };
}

async function import_ask(read, form, key, dry, signal) {
    const body = JSON.stringify(csv_import(read.cells, form));
    try {
        return await post_bytes("/api/dataValueSets", dry ? { dryRun: true } : {}, body, "application/json", { key, signal });
    } catch (error) {
        if (error.status === 409 && error.body.response) {
            return error.body; // some values were not taken: that is an answer
        }
        throw error;
    }
}

function conflicts_say(answer, read, say) {
    for (const conflict of answer.response.conflicts ?? []) {
        for (const index of conflict.indexes ?? []) {
            const cell = read.cells[index];
            say(cell?.row ?? null, cell?.column ?? null, conflict.value);
        }
        if ((conflict.indexes ?? []).length === 0) {
            say(null, null, conflict.value);
        }
    }
}

/* ---- showing ---- */

function rows_table(read, said) {
    const marked = [...said.rows.keys()].filter((row) => row !== null);
    const order = [...new Set([...marked, ...read.rows.keys()])].slice(0, SHOWN);
    order.sort((a, b) => marked.includes(b) - marked.includes(a) || a - b);
    return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": tr("Các dòng của tệp", "The file's rows") },
        h("table", { class: "table-data csv-table" },
            h("caption", read.rows.length > SHOWN ? tr(`${number(SHOWN)} trong ${number(read.rows.length)} dòng, dòng có lỗi ở trên`, `${number(SHOWN)} of ${number(read.rows.length)} rows, those with mistakes first`) : tr(`${number(read.rows.length)} dòng`, `${number(read.rows.length)} rows`)),
            h("thead", h("tr", h("th", { scope: "col", class: "number" }, tr("Dòng", "Line")), h("th", { scope: "col" }, tr("Cần sửa", "To mend")), read.header.map((name) => h("th", { scope: "col" }, name)))),
            h("tbody", order.map((i) => {
                const list = said.rows.get(i) ?? [], at = (column) => list.some((each) => each.column === column && !each.warn);
                return h("tr", h("td", { class: "number" }, read.rows[i].line),
                    h("td", { class: "csv-said" }, list.map((each) => h("div", { class: each.warn ? "field-warn" : undefined }, each.sentence))),
                    read.header.map((_, column) => h("td", { "data-wrong": at(column) }, read.rows[i].cells[column] ?? "")));
            }))));
}

/* ---- the page ---- */

function drop_box(take) {
    const files = h("input", { type: "file", class: "form-control", accept: ".csv,text/csv,text/plain", id: "csv-file", onchange: () => files.files[0] && take(files.files[0]) });
    const box = h("div", { class: "drop" }, h("label", { for: "csv-file" }, h("strong", tr("Thả tệp CSV vào đây, hoặc chọn tệp", "Drop a CSV file here, or choose one"))), files,
        h("p", { class: "small soft" }, tr(`Tối đa ${bytes(BYTES_MAX)}, UTF-8. Tệp được kiểm tra trước; chưa gửi gì.`, `At most ${bytes(BYTES_MAX)}, UTF-8. It is checked first; nothing is sent yet.`)));
    box.addEventListener("dragover", (event) => { event.preventDefault(); box.toggleAttribute("data-over", true); });
    box.addEventListener("dragleave", () => box.toggleAttribute("data-over", false));
    box.addEventListener("drop", (event) => {
        event.preventDefault();
        box.toggleAttribute("data-over", false);
        if (event.dataTransfer.files[0]) {
            take(event.dataTransfer.files[0]);
        }
    });
    return box;
}

export async function show(page) {
    const campaign = await campaign_now(), result = h("div", { "aria-live": "polite" });
    let form = campaign.forms[0].code, held = null;
    const list = select(campaign.forms.map((each) => [each.code, title(each)]), form, (code) => { form = code; held && check(held); });
    const send = async (read, key) => {
        try {
            const answer = await import_ask(read, form, key, false, page.signal), counts = answer.response.importCount;
            const said = said_new();
            conflicts_say(answer, read, said.say);
            replace(result, counts.ignored > 0
                ? notice("bad", tr(`Đã gửi; ${number(counts.ignored)} giá trị không được nhận`, `Sent; ${number(counts.ignored)} values were not taken`), tr("Sửa các dòng dưới đây rồi thả tệp lại; những gì đã nhận thì không đổi.", "Mend the rows below and drop the file again; what was taken stays."))
                : notice("good", tr("Đã gửi và được tính", "Sent, and it counts"), tr(`${number(counts.imported + counts.updated)} giá trị.`, `${number(counts.imported + counts.updated)} values.`)),
            said.rows.size > 0 && panel(tr("Không được nhận", "Not taken"), rows_table(read, said)));
            toast(tr("Đã gửi xong tệp.", "The file was sent."));
        } catch (error) {
            replace(result.querySelector(".csv-told") ?? result, notice("bad", error.message, tr("Bấm gửi lại để tiếp tục: mỗi giá trị chỉ được tính một lần.", "Press send again to go on: each value counts once.")));
        }
    };
    const check = async ({ name, text }) => {
        replace(result, skeleton(4));
        const read = csv_read(text, campaign), said = said_new(), key = new_key();
        for (const { row, column, kind, found } of read.wrong) {
            said.say(row, column, KINDS[kind](found));
        }
        try {
            if (read.cells.length > 0) {
                conflicts_say(await import_ask(read, form, null, true, page.signal), read, said.say);
                rules_look(read, campaign.form_of.get(form), campaign, said.say);
            }
        } catch (error) {
            replace(result, notice("bad", error.message, tr("Chưa kiểm tra được, chưa gửi gì.", "It could not be checked, and nothing was sent.")));
            return;
        }
        const { wrong, warned } = said.counts(), whole = said.rows.get(null) ?? [];
        replace(result, panel(name, h("div", { class: "row-gap" }, badge(tr(`${number(read.rows.length)} dòng`, `${number(read.rows.length)} rows`)), badge(tr(`${number(read.cells.length)} giá trị`, `${number(read.cells.length)} values`)),
            wrong > 0 ? badge(tr(`${number(wrong)} lỗi`, `${number(wrong)} mistakes`), "bad") : badge(tr("không thấy lỗi", "no mistake found"), "good"), warned > 0 && badge(tr(`${number(warned)} cảnh báo`, `${number(warned)} warnings`), "warn")),
        whole.map((each) => notice("bad", each.sentence)), read.rows.length > 0 && rows_table(read, said), h("div", { class: "csv-told" }),
        h("div", { class: "row-gap page-foot" }, read.cells.length > 0 && wrong === 0 && button(tr("Gửi tệp", "Send the file"), () => send(read, key), "primary"),
            wrong > 0 && h("p", tr("Sửa tệp rồi thả lại. Chưa gửi gì.", "Mend the file and drop it again. Nothing was sent.")))));
    };
    const take = async (file) => {
        if (file.size > BYTES_MAX) {
            replace(result, notice("bad", tr(`Tệp lớn hơn ${bytes(BYTES_MAX)}: dùng lệnh thidua import.`, `The file is larger than ${bytes(BYTES_MAX)}: use thidua import.`)));
            return;
        }
        try {
            held = { name: file.name, text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()).normalize("NFC") };
        } catch {
            replace(result, notice("bad", tr("Tệp không phải UTF-8. Trong Excel, chọn “CSV UTF-8” khi lưu.", "The file is not UTF-8. In Excel, save it as “CSV UTF-8”.")));
            return;
        }
        await check(held);
    };
    replace(page.main, panel(tr("Tệp CSV", "CSV file"), h("div", { class: "stack" }, field(tr("Biểu mẫu", "Form"), list), drop_box(take))), result);
}
