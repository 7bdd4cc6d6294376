/* Numbers, days and times as the reader's country writes them: vi-VN and en-GB. The site's days begin where its campaign
 * says (utc_offset), not where the browser is. */
import { language, tr } from "./words.js";

let offset = "+07:00";

/* campaign's utc_offset, once it is known. */
export function days_begin_at(utc_offset) {
    offset = utc_offset || offset;
}

function locale() {
    return language() === "en" ? "en-GB" : "vi-VN";
}

/* A value as the answers have it: an integer, or a text such as "12.5" that Intl reads exactly; nil is a dash. */
export function number(value, decimals = 0) {
    if (value === null || value === undefined || value === "") {
        return "–";
    }
    return new Intl.NumberFormat(locale(), {
        minimumFractionDigits: decimals > 1 ? 0 : decimals,
        maximumFractionDigits: decimals,
    }).format(value);
}

/* An indicator's value, with what its type adds. */
export function value_text(value, indicator = {}) {
    if (value === null || value === undefined || value === "") {
        return "–";
    }
    return number(value, indicator.decimals || 0) + (indicator.type === "percent" ? " %" : "");
}

export function percent(part, whole) {
    return whole > 0 ? number(Math.floor((part * 1000) / whole) / 10, 1) + " %" : "–";
}

/* Points come in hundredths. */
export function points(hundredths) {
    return hundredths === null || hundredths === undefined ? "–" : number(hundredths / 100, 2);
}

function offset_minutes() {
    const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) || [null, "+", "07", "00"];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/* The site's calendar day at that time, as a Date at midnight UTC. */
export function site_day(time_us) {
    const ms = time_us / 1000 + offset_minutes() * 60000;
    return new Date(Math.floor(ms / 86400000) * 86400000);
}

function at_site(time_us, options) {
    const shifted = new Date(time_us / 1000 + offset_minutes() * 60000);
    return new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(shifted);
}

export function date_of(time_us) {
    return at_site(time_us, { day: "numeric", month: "numeric", year: "numeric" });
}

export function time_of(time_us) {
    return at_site(time_us, { hour: "2-digit", minute: "2-digit", day: "numeric", month: "numeric", year: "numeric" });
}

export function clock_of(time_us) {
    return at_site(time_us, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/* "2021-11-05", as records have dates. */
export function date(text) {
    const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(text || "");
    if (found === null) {
        return text || "–";
    }
    const day = new Date(Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])));
    return new Intl.DateTimeFormat(locale(), { timeZone: "UTC", day: "numeric", month: "numeric", year: "numeric" }).format(day);
}

const SPANS = [
    [86400000, "ngày", "d"],
    [3600000, "giờ", "h"],
    [60000, "phút", "min"],
    [1000, "giây", "s"],
];

/* The two coarsest parts of a span: "3 ngày 4 giờ". */
export function span(ms) {
    if (ms < 1000) {
        return number(Math.round(ms)) + " ms";
    }
    const parts = [];
    let left = ms;
    for (const [size, vi, en] of SPANS) {
        if (left >= size && parts.length < 2) {
            parts.push(Math.floor(left / size) + " " + tr(vi, en));
            left %= size;
        } else if (parts.length > 0) {
            break;
        }
    }
    return parts.join(" ");
}

export function bytes(count) {
    const names = ["B", "KiB", "MiB", "GiB", "TiB"];
    let size = count;
    let at = 0;
    while (size >= 1024 && at < names.length - 1) {
        size /= 1024;
        at++;
    }
    return number(size, size < 10 && at > 0 ? 1 : 0) + " " + names[at];
}
