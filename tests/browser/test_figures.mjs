/* Periods, rates and quantiles without a browser: the pages' own modules. Weeks are held against ISO 8601's, worked out by hand. */
import { done, test } from "./lib.mjs";

globalThis.document = { documentElement: { lang: "vi" } };
const at = (file) => new URL(`../../workers/gateway/console/js/${file}`, import.meta.url);
const periods = await import(at("periods.js"));
const meters = await import(at("meters.js"));
const figures = await import(at("figures.js"));
const format = await import(at("format.js"));

const day = (text) => new Date(text + "T00:00:00Z");
const iso = (date) => date.toISOString().slice(0, 10);
const equal = (check, what, got, wanted) => check(what, JSON.stringify(got) === JSON.stringify(wanted), `got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);

await test("periods", async (check) => {
    // 1 January 2021 was a Friday: it is in week 53 of 2020. 3 January 2022 began week 1.
    for (const [text, gran, wanted] of [
        ["2021-01-01", "week", "2020W53"], ["2021-01-04", "week", "2021W1"], ["2021-11-07", "week", "2021W44"], ["2021-11-08", "week", "2021W45"], ["2022-01-02", "week", "2021W52"],
        ["2022-01-03", "week", "2022W1"], ["2024-12-30", "week", "2025W1"], ["2021-11-05", "day", "20211105"], ["2021-11-05", "month", "202111"], ["2021-11-05", "quarter", "2021Q4"], ["2021-11-05", "year", "2021"],
    ]) {
        equal(check, `${text} by ${gran}`, periods.period_of(day(text), gran), wanted);
    }
    for (const [period, first, last] of [
        ["2020W53", "2020-12-28", "2021-01-03"], ["2021W1", "2021-01-04", "2021-01-10"], ["202102", "2021-02-01", "2021-02-28"], ["202402", "2024-02-01", "2024-02-29"],
        ["2021Q1", "2021-01-01", "2021-03-31"], ["2021", "2021-01-01", "2021-12-31"], ["20211105", "2021-11-05", "2021-11-05"],
    ]) {
        equal(check, `${period} from and to`, [iso(periods.first_day(period)), iso(periods.last_day(period))], [first, last]);
    }
    for (const [period, by, wanted] of [
        ["2020W53", 1, "2021W1"], ["2021W1", -1, "2020W53"], ["202112", 1, "202201"], ["2021Q1", -1, "2020Q4"], ["20210228", 1, "20210301"], ["2021", 1, "2022"],
    ]) {
        equal(check, `${period} and ${by}`, periods.step(period, by), wanted);
    }
    equal(check, "a week counts in the month of its Thursday", [periods.period_up("2021W44", "month"), periods.period_up("2020W53", "year"), periods.period_up("2021W39", "month")], ["202111", "2020", "202109"]);
    equal(check, "the weeks of a month", periods.finer("202111", "week"), ["2021W44", "2021W45", "2021W46", "2021W47"]);
    equal(check, "the months of a quarter", periods.finer("2021Q4", "month"), ["202110", "202111", "202112"]);
    equal(check, "the days of a week", periods.finer("2021W44", "day").length, 7);
    equal(check, "what is none", ["2021W", "abc", "20211", "2021Q5"].map(periods.granularity), [null, null, null, null]);
    equal(check, "names", ["20211105", "2021W44", "202111", "2021Q4", "2021"].map(periods.period_name), ["ngày 5/11/2021", "tuần 44/2021", "tháng 11/2021", "quý IV/2021", "năm 2021"]);
    document.documentElement.lang = "en";
    equal(check, "names in English", ["2021W44", "202111", "2021Q4", "2021"].map(periods.period_name), ["week 44/2021", "November 2021", "Q4 2021", "2021"]);
    document.documentElement.lang = "vi";
});

await test("meters", async (check) => {
    const bounds = [1000, 2000, 5000];
    equal(check, "the bound that half do not pass", meters.quantile_us(bounds, [0, 5, 4, 1, 0], 0.5), 1000);
    equal(check, "and 99 of 100", meters.quantile_us(bounds, [0, 50, 48, 1, 1], 0.99), 5000);
    check("beyond the last bound it is not made up", meters.quantile_us(bounds, [0, 0, 0, 0, 3], 0.5) === Infinity);
    equal(check, "of nothing, nothing", meters.quantile_us(bounds, [0, 0, 0, 0, 0], 0.5), null);
    const answer = (records, time_us, start_id = 1) => ({ counts: { records }, time_us, start_id });
    equal(check, "a rate between two answers", meters.accepted_a_second(answer(300, 3e6), answer(100, 1e6)), 100);
    equal(check, "none over a restart", meters.accepted_a_second(answer(3, 3e6, 2), answer(100, 1e6)), null);
    equal(check, "rejected, summed over shards", meters.rejected_by_code({ shards: [{ rejected_by: { a: 1, b: 5 } }, { rejected_by: { a: 9 } }] }), [["a", 10], ["b", 5]]);
    equal(check, "an older broker's silence", meters.rejected_by_code({ shards: [{}] }), null);
});

await test("figures", async (check) => {
    equal(check, "fewer cases are better", figures.moved(90, 100, "down"), { percent: -10, tone: "good" });
    equal(check, "fewer doses are worse", figures.moved("90.5", 100, "up"), { percent: -9, tone: "bad" });
    equal(check, "nothing follows from zero", figures.moved(5, 0, "up"), null);
    equal(check, "no value is no zero", [format.number(null), format.value_text("12.5", { decimals: 1, type: "percent" }), format.number("9007199254740993")], ["–", "12,5 %", "9.007.199.254.740.993"]);
    equal(check, "a share is never rounded up to all", format.percent(9999, 10000), "99,9 %");
    equal(check, "spans and sizes", [format.span(90061000), format.span(65000), format.bytes(1536), format.bytes(75965984768)], ["1 ngày 1 giờ", "1 phút 5 giây", "1,5 KiB", "71 GiB"]);
    format.days_begin_at("+07:00");
    equal(check, "the site's day, not the browser's", iso(format.site_day(Date.UTC(2021, 10, 7, 18, 0) * 1000)), "2021-11-08");
});

await done();
