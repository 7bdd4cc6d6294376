/* Writes msgpack with msgpack-c into a buf. Each call appends one object or header. */
#ifndef PROTO_PACK_H
#define PROTO_PACK_H

#include "common/buf.h"

void pack_nil(struct buf *b);
void pack_bool(struct buf *b, bool v);
void pack_uint(struct buf *b, uint64_t v);
void pack_int(struct buf *b, int64_t v);
void pack_text(struct buf *b, struct slice v);
void pack_cstr(struct buf *b, const char *v);
void pack_bytes(struct buf *b, struct slice v);
void pack_array(struct buf *b, uint32_t n);
void pack_map(struct buf *b, uint32_t n);
void pack_raw(struct buf *b, struct slice object); /* what is msgpack already */

/* Answers and their arguments are maps with text keys. */
void pack_key_uint(struct buf *b, const char *key, uint64_t v);
void pack_key_int(struct buf *b, const char *key, int64_t v);
void pack_key_text(struct buf *b, const char *key, struct slice v);
void pack_key_bool(struct buf *b, const char *key, bool v);

#endif
