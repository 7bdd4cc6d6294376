/* The tally worker's own limits, each with its reason. Those of the contract: proto/limits.h. */
#ifndef TALLY_LIMITS_H
#define TALLY_LIMITS_H

#define OUTLIER_SERIES 30 /* values looked back on: a month of days, as the design says */
#define OUTLIER_LEAST 10  /* fewer say nothing about what is usual */
#define OUTLIER_MADS 5    /* deviations from the median that are still usual */
/* Rows read while looking back, for a form with so many sources: a unit whose earlier reports are
 * mostly withdrawn or another source's must not make each new one cost a scan of its whole past. */
#define OUTLIER_SCAN(sources) (OUTLIER_SERIES * ((sources) + 1))
/* Reports kept in memory to look back on: some 25,000 units with ten indicators; the others' are read. */
#define RECENT_BYTES_MAX (128u << 20)
/* Tallies kept in memory across transactions, 64 bytes and 24 a cell: with eight cells 16 MiB of the
 * forms' own periods, of which corrections need the newest, and 32 MiB of the coarser ones, some ten a
 * unit and form. Inside a transaction there may be more: five for each report of a turn. */
#define LEDGER_OWN_MAX (1u << 16)
#define LEDGER_COARSER_MAX (1u << 17)
#define IDENTS_MAX                                                                                 \
    UINT16_MAX              /* ids of forms, indicators and sources are 16 bits; all ones is none */
#define GRANULARITIES_MAX 5 /* rows that one report moves: its own granularity and the coarser */

#endif
