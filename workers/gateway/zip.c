/* One call of deflate into a buffer that is large enough for the worst. */
#include "workers/gateway/zip.h"

#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's way of asking for gzip's header */

bool
zip_bytes(struct buf *bytes)
{
    z_stream z = {0};
    struct buf out = BUF_EMPTY;
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return false;
    }
    uLong room = deflateBound(&z, bytes->len);
    z.next_in = bytes->data;
    z.avail_in = (uInt)bytes->len;
    z.next_out = buf_reserve(&out, room);
    z.avail_out = (uInt)room;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < bytes->len;
    out.len = z.total_out;
    deflateEnd(&z);
    struct buf unused = done ? *bytes : out;
    *bytes = done ? out : *bytes;
    buf_fini(&unused);
    return done;
}
