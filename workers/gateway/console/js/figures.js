/* Figures of a unit: its tally's values put together with the campaign's indicators, and their series over the form's own
 * periods (docs/HTTP.md, /api/tallies and /api/series). */
import { get, get_all } from "./api.js";
import { granularity, last_day, period_of, row_to } from "./periods.js";
import { site_day } from "./format.js";
import { site_now_us } from "./me.js";

/* How far back a trend looks, in the form's own periods. */
const BACK = { day: 14, week: 8, month: 6, quarter: 4, year: 3 };

/* One indicator may be asked in several forms: a value is known by both. */
export function key_of(value) {
    return value.form + "/" + value.indicator;
}

/* The last of the form's periods that a trend up to `period` shows: never one that has not begun. */
function trend_end(form, period) {
    const today = site_day(site_now_us());
    const last = last_day(period);
    return period_of(last < today ? last : today, form.period);
}

/* A form's series for a unit: {periods, of(indicator): [value or null]}. */
export async function series(unit, form, period, signal, back = BACK[form.period]) {
    const periods = row_to(trend_end(form, period), back);
    const answer = await get_all("/api/series", { unit, form: form.code, from: periods[0], to: periods[periods.length - 1] }, "rows", signal);
    const row_of = new Map(answer.rows.map((row) => [row[0], row]));
    return {
        periods,
        of(indicator) {
            const at = answer.columns.indexOf(indicator);
            return periods.map((one) => (at >= 0 && row_of.has(one) ? row_of.get(one)[at + 2] ?? null : null));
        },
    };
}

/* An indicator's series from its first value on. */
export function begun(trend, indicator) {
    const values = trend.of(indicator);
    const first = Math.max(0, values.findIndex((v) => v !== null));
    return { periods: trend.periods.slice(first), values: values.slice(first) };
}

/* Do this form's periods add up to the asked one? */
export function adds_up(form, period) {
    const order = ["day", "week", "month", "quarter", "year"];
    return order.indexOf(form.period) <= order.indexOf(granularity(period));
}

/* The unit's own row, and (with children) those of its children. */
export function tally(unit, period, { children = false, indicators } = {}, signal) {
    return get("/api/tallies", { unit, period, children, indicators }, signal);
}

/* By how much a figure moved, in percent of what it was: {text, tone}, or null where that says nothing. */
export function moved(now, before, direction) {
    if (now === null || before === null || before === undefined || Number(before) === 0) {
        return null;
    }
    const change = ((Number(now) - Number(before)) * 100) / Math.abs(Number(before));
    const rounded = Math.round(change);
    const better = direction === "up" ? rounded > 0 : direction === "down" ? rounded < 0 : null;
    return { percent: rounded, tone: rounded === 0 || better === null ? undefined : better ? "good" : "bad" };
}
