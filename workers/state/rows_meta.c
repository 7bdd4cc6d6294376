/* META, IDENT and UNIT: where the state stands, which ids the codes have, the registry's rows. */
#include "workers/state/rows_impl.h"

const struct slice META_POSITION = {(const uint8_t *)"position", 8};
const struct slice META_SHAPE = {(const uint8_t *)"shape", 5};

void
position_encode(const struct position *p, struct buf *out)
{
    buf_be64(out, p->block);
    buf_be64(out, (uint64_t)p->time_us);
    buf_put(out, p->chain, sizeof(p->chain));
    buf_put(out, p->verdict_chain, sizeof(p->verdict_chain));
    buf_varint(out, p->accepted);
    buf_varint(out, p->corrected);
    buf_varint(out, p->unchanged);
    buf_varint(out, p->superseded);
    buf_varint(out, p->rejected);
    buf_varint(out, p->quarantined);
    buf_varint(out, p->registry_revision);
    buf_varint(out, p->access_revision);
}

static void
get_chain(struct reader *r, uint8_t chain[BLOCK_CHAIN_SIZE])
{
    struct slice bytes = reader_bytes(r, BLOCK_CHAIN_SIZE);
    if (bytes.len == BLOCK_CHAIN_SIZE) {
        memcpy(chain, bytes.data, BLOCK_CHAIN_SIZE);
    }
}

enum err
position_decode(struct slice value, struct position *p)
{
    struct reader r = reader_of(value);
    memset(p, 0, sizeof(*p));
    p->block = reader_be64(&r);
    p->time_us = (int64_t)reader_be64(&r);
    get_chain(&r, p->chain);
    get_chain(&r, p->verdict_chain);
    p->accepted = reader_varint(&r);
    p->corrected = reader_varint(&r);
    p->unchanged = reader_varint(&r);
    p->superseded = reader_varint(&r);
    p->rejected = reader_varint(&r);
    p->quarantined = reader_varint(&r);
    p->registry_revision = reader_varint(&r);
    p->access_revision = reader_varint(&r);
    return row_end(&r);
}

void
shape_encode(const struct shape *s, struct buf *out)
{
    buf_be32(out, s->version);
    buf_be32(out, s->shard);
    buf_be32(out, s->shards);
}

enum err
shape_decode(struct slice value, struct shape *s)
{
    struct reader r = reader_of(value);
    s->version = reader_be32(&r);
    s->shard = reader_be32(&r);
    s->shards = reader_be32(&r);
    return row_end(&r);
}

void
ident_encode(uint32_t id, struct buf *out)
{
    buf_be32(out, id);
}

enum err
ident_decode(struct slice value, uint32_t *id)
{
    struct reader r = reader_of(value);
    *id = reader_be32(&r);
    return row_end(&r);
}

/* A parent is written as its id + 1, so that "none" is the short 0. */
void
unit_row_encode(const struct registry_version *v, struct buf *out)
{
    buf_varint(out, (uint64_t)v->to);
    buf_varint(out, v->parent == UNIT_NONE ? 0 : (uint64_t)v->parent + 1);
    buf_varint(out, v->population);
    row_put_text(out, v->level);
    row_put_text(out, v->kind);
    row_put_text(out, v->bloc);
    row_put_text(out, v->name);
    row_put_text(out, v->successor);
    row_put_text(out, v->contact);
}

enum err
unit_row_decode(struct slice value, struct registry_version *v)
{
    struct reader r = reader_of(value);
    v->to = (int32_t)row_uint(&r, DAY_MAX);
    uint32_t parent = (uint32_t)row_uint(&r, UNIT_NONE);
    v->parent = parent == 0 ? UNIT_NONE : parent - 1;
    v->population = reader_varint(&r);
    v->level = row_text(&r);
    v->kind = row_text(&r);
    v->bloc = row_text(&r);
    v->name = row_text(&r);
    v->successor = row_text(&r);
    v->contact = row_text(&r);
    return row_end(&r);
}
