/* Figures out of two answers of broker.status, one after the other: rates, quantiles of histograms, verdicts over all shards. */

/* How many records a second the broker took: of its own count of the last ten seconds, else between the two answers. */
export function accepted_a_second(now, before) {
    if (now.records_10s !== undefined) {
        return now.records_10s / 10;
    }
    if (!before || before.start_id !== now.start_id || now.time_us <= before.time_us) {
        return null;
    }
    return ((now.counts.records - before.counts.records) * 1e6) / (now.time_us - before.time_us);
}

/* The bound that `share` of a histogram's counts do not pass, in µs: times is [sum_us, count…], the last beyond all bounds. null: none
 * was counted; Infinity: beyond the last bound. */
export function quantile_us(bounds, times, share) {
    const counts = times.slice(1);
    const all = counts.reduce((a, b) => a + b, 0);
    if (all === 0) {
        return null;
    }
    let seen = 0;
    for (let i = 0; i < counts.length; i++) {
        seen += counts[i];
        if (seen >= all * share) {
            return i < bounds.length ? bounds[i] : Infinity;
        }
    }
    return Infinity;
}

/* {p50, p99} of receipts in ms, from the broker's histogram or (an older broker's) the gateway's own; null: none yet. */
export function receipt_ms(status) {
    if (status.times && status.times.receipts) {
        const at = (share) => quantile_us(status.times.bounds_us, status.times.receipts, share);
        return at(0.5) === null ? null : { p50: at(0.5) / 1000, p99: at(0.99) / 1000 };
    }
    const own = status.gateway && status.gateway.receipt_ms;
    return own && own.count > 0 ? own : null;
}

/* How long the oldest record that some shard has not applied has waited, in ms; null: not known. */
export function oldest_ms(status) {
    const known = status.shards.map((shard) => shard.oldest_ms).filter((ms) => ms !== undefined && ms !== null);
    return known.length > 0 ? Math.max(...known) : null;
}

/* [[code, count], …] of rejected records, the most frequent first; null where this broker does not tell. */
export function rejected_by_code(status) {
    if (!status.shards.some((shard) => shard.rejected_by)) {
        return null;
    }
    const sum = new Map();
    for (const shard of status.shards) {
        for (const [code, count] of Object.entries(shard.rejected_by || {})) {
            sum.set(code, (sum.get(code) || 0) + count);
        }
    }
    return [...sum].sort((a, b) => b[1] - a[1]);
}
