/* rights.def as three tables, and the widest of what several roles reach. */
#include "proto/rights.h"

enum cell { CELL_NO = REACH_NONE, CELL_OWN = REACH_OWN, CELL_ALL = REACH_ALL };

struct row {
    uint8_t reach[ACCESS_ROLE_COUNT];
};

/* clang-format off */
#define ROW(s, i, c, e, o, a, g, w)                                                               \
    {{[ACCESS_SUBMITTER] = CELL_##s, [ACCESS_INGEST] = CELL_##i, [ACCESS_COUNCIL] = CELL_##c,     \
      [ACCESS_SECRETARY] = CELL_##e, [ACCESS_OPERATOR] = CELL_##o, [ACCESS_AUDITOR] = CELL_##a,   \
      [ACCESS_GATEWAY] = CELL_##g, [ACCESS_WORKER] = CELL_##w}}

#define RECORD_RIGHT(record, s, i, c, e, o, a, g, w)                                              \
    [RECORD_##record] = ROW(s, i, c, e, o, a, g, w),
#define QUERY_RIGHT(name, s, i, c, e, o, a, g, w)
#define SESSION_RIGHT(session, s, i, c, e, o, a, g, w)
static const struct row RECORDS[] = {
#include "proto/rights.def"
};
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT

#define RECORD_RIGHT(record, s, i, c, e, o, a, g, w)
#define QUERY_RIGHT(name, s, i, c, e, o, a, g, w) {name, ROW(s, i, c, e, o, a, g, w)},
#define SESSION_RIGHT(session, s, i, c, e, o, a, g, w)
static const struct {
    const char *name;
    struct row row;
} QUERIES[] = {
#include "proto/rights.def"
};
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT

#define RECORD_RIGHT(record, s, i, c, e, o, a, g, w)
#define QUERY_RIGHT(name, s, i, c, e, o, a, g, w)
#define SESSION_RIGHT(session, s, i, c, e, o, a, g, w) [session] = ROW(s, i, c, e, o, a, g, w),
static const struct row SESSIONS[] = {
#include "proto/rights.def"
};
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static enum reach
widest(const struct row *row, uint32_t roles)
{
    unsigned reach = REACH_NONE;
    if (roles == ACCESS_ALL) {
        return REACH_ALL; /* "local": access_decode gives nobody else all of them */
    }
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        if ((roles & ACCESS_BIT(role)) != 0 && row->reach[role] > reach) {
            reach = row->reach[role];
        }
    }
    return (enum reach)reach;
}

enum reach
rights_record(uint32_t roles, uint64_t record_type)
{
    bool known = record_layout(record_type) != NULL && record_type < COUNT(RECORDS);
    return known ? widest(&RECORDS[record_type], roles) : REACH_NONE;
}

enum reach
rights_query(uint32_t roles, struct slice name)
{
    for (size_t i = 0; i < COUNT(QUERIES); i++) {
        if (slice_is(name, QUERIES[i].name)) {
            return widest(&QUERIES[i].row, roles);
        }
    }
    return REACH_NONE;
}

bool
rights_session(uint32_t roles, enum role session)
{
    bool known = session >= ROLE_CLIENT && (size_t)session < COUNT(SESSIONS);
    return known && widest(&SESSIONS[session], roles) != REACH_NONE;
}
