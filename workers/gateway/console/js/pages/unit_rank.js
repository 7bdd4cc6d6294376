/* A unit's rank in its bloc and how every point of it came about; the whole bloc beside it. All figures are the answer's: nothing
 * is computed here but percent signs. */
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { number, points } from "../format.js";
import { badge, empty, fill_from, panel } from "../parts.js";
import { period_name } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";

export const periods = ["week", "month", "quarter", "year"];

function by_place(line) {
    return tr(`Đứng thứ ${line.place} trong ${line.places} đơn vị có số liệu.`, `Place ${line.place} of the ${line.places} units that have a value.`);
}

function by_target(line) {
    const target = number(line.target, 6);
    const of_population = line.per > 0
        ? tr(` (${number(line.target_value, 6)} trên ${number(line.per)} dân, ${number(line.population)} dân)`, ` (${number(line.target_value, 6)} for every ${number(line.per)} of ${number(line.population)} people)`)
        : "";
    return tr("Mục tiêu: ", "Target: ") + target + of_population + (line.reached ? tr(", đạt.", ", reached.") : tr(", chưa đạt.", ", not reached."));
}

function value_words(line) {
    if (line.measure === "indicator") {
        return tr("Số liệu: ", "Value: ") + number(line.value, 6);
    }
    return tr(`${number(line.counted)} trên ${number(line.expected)} báo cáo ${line.measure === "completeness" ? "đã nhận" : "đúng hạn"}: ${number(line.value, 2)} %`,
        `${number(line.counted)} of ${number(line.expected)} reports ${line.measure === "completeness" ? "came" : "came in time"}: ${number(line.value, 2)} %`);
}

/* Sentences, one a step of the sum. */
function steps(line) {
    if (line.state === "no-value") {
        return [tr("Không có số liệu: không có điểm.", "No value: no points.")];
    }
    if (line.state === "no-population") {
        return [value_words(line), tr("Chưa biết dân số của đơn vị, nên không có mục tiêu và không có điểm.", "The unit's population is not known: no target, no points.")];
    }
    return [
        value_words(line),
        line.method === "rank" ? by_place(line) : line.target !== null && by_target(line),
        tr("Được ", "Earned: ") + points(line.earned) + tr(" trên ", " of ") + points(line.points_most) + (line.capped ? tr(" (mức cao nhất)", " (the cap)") : ""),
        line.bonus > 0 && tr("Điểm thưởng: +", "Bonus: +") + points(line.bonus),
        line.penalty > 0 && tr(`Điểm trừ: −${points(line.penalty)} (${line.late} báo cáo muộn, ${line.missing} báo cáo thiếu)`, `Penalty: −${points(line.penalty)} (${line.late} late, ${line.missing} missing)`),
    ].filter(Boolean);
}

function explanation(answer) {
    const row = answer.rows[0];
    return h("div",
        h("div", { class: "rank-place mb-3" }, h("strong", row.rank), h("span", tr(`trên ${answer.units} đơn vị của cụm ${answer.bloc}`, `of ${answer.units} units in bloc ${answer.bloc}`)),
            badge(points(row.total) + tr(" điểm", " points"), "gold"),
            row.without_value > 0 && badge(row.without_value + tr(" tiêu chí chưa có số liệu", " lines without a value"), "warn")),
        table({
            caption: tr("Từng tiêu chí, điểm và cách tính", "Each line, its points and how they came about"),
            columns: [
                { name: tr("Tiêu chí", "Line"), head: true, show: (l) => title(l) },
                { name: tr("Điểm", "Points"), number: true, show: (l) => points(l.points) + " / " + points(l.points_most) },
                { name: tr("Cách tính", "How"), class: "prose", show: (l) => h("ul", { class: "explained" }, steps(l).map((step) => h("li", step))) },
            ],
            rows: answer.explain,
        }));
}

function bloc_table(answer, unit, period) {
    return table({
        caption: tr("Cụm ", "Bloc ") + answer.bloc + ", " + period_name(period),
        columns: [
            { name: tr("Hạng", "Rank"), number: true, show: (r) => r.rank },
            { name: word("the", "unit"), head: true, show: (r) => h("a", { href: href("units", [r.unit, "rank"], { period }), "aria-current": r.unit === unit.unit ? "true" : undefined }, r.name) },
            { name: tr("Điểm", "Points"), number: true, show: (r) => points(r.total) },
        ],
        rows: answer.rows,
        row_attributes: (r) => ({ "data-strong": r.unit === unit.unit }),
        stacked: false,
    });
}

export async function show_unit(box, { unit, period, page }) {
    if (!unit.bloc) {
        replace(box, empty(tr("Đơn vị này không thuộc cụm, khối thi đua nào", "This unit is in no bloc"), tr("Sổ đơn vị cho biết ai thi đua với ai.", "The registry says who competes with whom.")));
        return;
    }
    const own = h("div");
    const bloc = h("div");
    replace(box, h("div", { class: "two two-late" }, panel(tr("Thứ hạng và cách tính", "Rank, explained"), own), panel(tr("Cả cụm", "The whole bloc"), bloc)));
    fill_from(bloc, () => get("/api/rankings", { bloc: unit.bloc, period }, page.signal), (answer) => bloc_table(answer, unit, period), { lines: 6 });
    await fill_from(own, () => get("/api/rankings", { unit: unit.unit, period }, page.signal), explanation, { lines: 8 });
}
