#include "workers/query/by_name.h"

#include "common/collate.h"

/* Zero ends the name: no byte of a collation key is one's prefix by it. */
struct named_unit
named_unit(struct query *query, uint32_t unit, const struct registry_version *version, uint32_t at)
{
    struct buf *key = &query->item;
    buf_clear(key);
    collate_key(version->name, key);
    buf_byte(key, 0);
    buf_slice(key, query->registry.units[unit].code);
    return (struct named_unit){unit, at, arena_copy(query->arena, buf_slice_of(key))};
}

int
named_unit_order(const void *a, const void *b)
{
    const struct named_unit *x = a, *y = b;
    return slice_compare(x->key, y->key);
}
