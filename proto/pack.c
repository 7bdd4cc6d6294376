/* msgpack-c's packer, writing into a buf. A buf grows or the process ends (mem.h), so that packing
 * cannot fail and nothing is to be checked. */
#include "proto/pack.h"

#include <msgpack.h>

static int
buf_write(void *data, const char *bytes, size_t len)
{
    buf_put(data, bytes, len);
    return 0;
}

static msgpack_packer
packer_on(struct buf *b)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, b, buf_write);
    return pk;
}

void
pack_nil(struct buf *b)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_nil(&pk);
}

void
pack_bool(struct buf *b, bool v)
{
    msgpack_packer pk = packer_on(b);
    if (v) {
        msgpack_pack_true(&pk);
    } else {
        msgpack_pack_false(&pk);
    }
}

void
pack_uint(struct buf *b, uint64_t v)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_uint64(&pk, v);
}

void
pack_int(struct buf *b, int64_t v)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_int64(&pk, v);
}

void
pack_text(struct buf *b, struct slice v)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_str(&pk, v.len);
    buf_slice(b, v);
}

void
pack_cstr(struct buf *b, const char *v)
{
    pack_text(b, slice_text(v));
}

void
pack_bytes(struct buf *b, struct slice v)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_bin(&pk, v.len);
    buf_slice(b, v);
}

void
pack_array(struct buf *b, uint32_t n)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_array(&pk, n);
}

void
pack_map(struct buf *b, uint32_t n)
{
    msgpack_packer pk = packer_on(b);
    msgpack_pack_map(&pk, n);
}

void
pack_raw(struct buf *b, struct slice object)
{
    buf_slice(b, object);
}

void
pack_key_uint(struct buf *b, const char *key, uint64_t v)
{
    pack_cstr(b, key);
    pack_uint(b, v);
}

void
pack_key_int(struct buf *b, const char *key, int64_t v)
{
    pack_cstr(b, key);
    pack_int(b, v);
}

void
pack_key_text(struct buf *b, const char *key, struct slice v)
{
    pack_cstr(b, key);
    pack_text(b, v);
}

void
pack_key_bool(struct buf *b, const char *key, bool v)
{
    pack_cstr(b, key);
    pack_bool(b, v);
}
