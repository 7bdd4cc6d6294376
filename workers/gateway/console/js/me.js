/* Who is signed in, and the campaign that everything is about: asked for once, kept until sign-out. */
import { get, post, end_session, token_set } from "./api.js";
import { days_begin_at, site_day } from "./format.js";
import { period_of } from "./periods.js";

let me = null;
let campaign = null;
let tops = null;
let clock_apart_us = 0; // the site's clock, which may be set to another year, less the browser's

/* That somebody is signed in is remembered, not who: so that a page opened by nobody need not ask and be refused. */
function remember(signed_in) {
    try {
        if (signed_in) {
            localStorage.setItem("thidua.in", "1");
        } else {
            localStorage.removeItem("thidua.in");
        }
    } catch {
        /* Asked every time, then. */
    }
}

export function maybe_signed_in() {
    try {
        return localStorage.getItem("thidua.in") !== null;
    } catch {
        return true;
    }
}

function taken(answer) {
    remember(true);
    me = answer;
    token_set(answer.csrf);
    if (answer.time_us) {
        clock_apart_us = answer.time_us - Date.now() * 1000;
    }
    campaign = null;
    tops = null;
    return me;
}

/* {principal, title, roles, units: [{unit, subtree}], may: [question or record], …}, or null. */
export function me_now() {
    return me;
}

export async function me_ask() {
    return taken(await get("/api/me"));
}

export async function sign_in(principal, password) {
    return taken(await post("/api/session", { principal, password }));
}

export async function sign_out() {
    try {
        await end_session();
    } finally {
        me_forget();
    }
}

export function me_forget() {
    remember(false);
    me = null;
    campaign = null;
    tops = null;
    token_set("");
}

/* May this person ask that question or publish that record at all (docs/RIGHTS.md)? Whether it may of this one unit or
 * nomination, the answer says. */
export function may(what) {
    return me !== null && me.may.includes(what);
}

export function has_role(role) {
    return me !== null && me.roles.includes(role);
}

/* The campaign: themes, indicators, forms, rules, awards. Its maps indicator_of and form_of are by code. */
export async function campaign_now() {
    if (campaign === null) {
        const answer = await get("/api/campaign");
        days_begin_at(answer.utc_offset);
        answer.indicator_of = new Map(answer.indicators.map((one) => [one.code, one]));
        answer.form_of = new Map(answer.forms.map((one) => [one.code, one]));
        campaign = answer;
    }
    return campaign;
}

/* The units at the top: [{unit, name, level}]. */
export async function tops_now() {
    tops ??= (await get("/api/units")).children;
    return tops;
}

/* Where this person's work begins: its own first unit, or the top. */
export async function home_unit() {
    if (me.units.length > 0) {
        return me.units[0].unit;
    }
    const top = await tops_now();
    return top.length > 0 ? top[0].unit : "";
}

/* The site's time, and its present period. */
export function site_now_us() {
    return Date.now() * 1000 + clock_apart_us;
}

export function period_now(gran) {
    return period_of(site_day(site_now_us()), gran);
}
