/* Periods, written as everywhere in the product (DHIS2's way): 20211105, 2021W45, 202111, 2021Q4, 2021. A week is
 * ISO 8601's and counts in the month, quarter and year of its Thursday. Days are Dates at midnight UTC. */
import { language, word } from "./words.js";
import { date } from "./format.js";

export const GRANULARITIES = ["day", "week", "month", "quarter", "year"];
const DAY = 86400000;

function two(n) {
    return String(n).padStart(2, "0");
}

function day_of(year, month, day) {
    return new Date(Date.UTC(year, month - 1, day));
}

/* The Thursday of a day's week says which year's week it is. */
function thursday(day) {
    return new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * DAY);
}

export function granularity(period) {
    if (/^\d{8}$/.test(period)) return "day";
    if (/^\d{4}W\d\d?$/.test(period)) return "week";
    if (/^\d{6}$/.test(period)) return "month";
    if (/^\d{4}Q[1-4]$/.test(period)) return "quarter";
    return /^\d{4}$/.test(period) ? "year" : null;
}

/* The period of that granularity in which the day is. */
export function period_of(day, gran) {
    const at = gran === "day" ? day : gran === "week" ? thursday(day) : day;
    const year = at.getUTCFullYear();
    const month = at.getUTCMonth() + 1;
    switch (gran) {
    case "day":
        return year + two(month) + two(day.getUTCDate());
    case "week":
        return year + "W" + Math.floor((at - day_of(year, 1, 1)) / (7 * DAY) + 1);
    case "month":
        return year + two(month);
    case "quarter":
        return year + "Q" + Math.ceil(month / 3);
    default:
        return String(year);
    }
}

export function first_day(period) {
    const year = Number(period.slice(0, 4));
    switch (granularity(period)) {
    case "day":
        return day_of(year, Number(period.slice(4, 6)), Number(period.slice(6, 8)));
    case "week": {
        const monday = new Date(thursday(day_of(year, 1, 4)).getTime() - 3 * DAY);
        return new Date(monday.getTime() + (Number(period.slice(5)) - 1) * 7 * DAY);
    }
    case "month":
        return day_of(year, Number(period.slice(4, 6)), 1);
    case "quarter":
        return day_of(year, (Number(period[5]) - 1) * 3 + 1, 1);
    default:
        return day_of(year, 1, 1);
    }
}

export function step(period, count) {
    const gran = granularity(period);
    const first = first_day(period);
    if (gran === "day" || gran === "week") {
        return period_of(new Date(first.getTime() + count * (gran === "day" ? 1 : 7) * DAY), gran);
    }
    const months = { month: 1, quarter: 3, year: 12 }[gran] * count;
    return period_of(day_of(first.getUTCFullYear(), first.getUTCMonth() + 1 + months, 1), gran);
}

export function last_day(period) {
    return new Date(first_day(step(period, 1)).getTime() - DAY);
}

/* The coarser (or same) period that this one counts in. */
export function period_up(period, gran) {
    const first = first_day(period);
    return period_of(granularity(period) === "week" && gran !== "week" ? thursday(first) : first, gran);
}

/* The finer periods that count in this one, first to last. */
export function finer(period, gran) {
    const list = [];
    const own = granularity(period);
    let one = period_of(first_day(period), gran);
    if (period_up(one, own) < period && period_up(one, own) !== period) {
        one = step(one, 1);
    }
    for (; period_up(one, own) === period && list.length < 400; one = step(one, 1)) {
        list.push(one);
    }
    return list;
}

/* The last `count` periods up to this one. */
export function row_to(period, count) {
    return Array.from({ length: count }, (_, i) => step(period, i - count + 1));
}

/* In words: "ngày 5/11/2021", "tuần 45/2021", "tháng 11/2021", "quý IV/2021", "năm 2021". */
export function period_name(period) {
    const en = language() === "en";
    const year = period.slice(0, 4);
    switch (granularity(period)) {
    case "day":
        return (en ? "" : "ngày ") + date(year + "-" + period.slice(4, 6) + "-" + period.slice(6));
    case "week":
        return (en ? "week " : "tuần ") + Number(period.slice(5)) + "/" + year;
    case "month":
        return en
            ? new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" }).format(first_day(period))
            : "tháng " + Number(period.slice(4)) + "/" + year;
    case "quarter":
        return (en ? "Q" + period[5] + " " : "quý " + ["I", "II", "III", "IV"][Number(period[5]) - 1] + "/") + year;
    case "year":
        return (en ? "" : "năm ") + year;
    default:
        return period;
    }
}

/* The shortest that a chart's axis can do with. */
export function period_short(period) {
    switch (granularity(period)) {
    case "day":
        return Number(period.slice(6)) + "/" + Number(period.slice(4, 6));
    case "week":
        return (language() === "en" ? "W" : "T") + Number(period.slice(5));
    case "month":
        return Number(period.slice(4)) + "/" + period.slice(2, 4);
    default:
        return period;
    }
}

export function granularity_name(gran) {
    return word("period", gran);
}
