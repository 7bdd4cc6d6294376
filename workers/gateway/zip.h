/* gzip of what is in memory (zlib). */
#ifndef GATEWAY_ZIP_H
#define GATEWAY_ZIP_H

#include "common/buf.h"

#include <stdbool.h>

/* In the place of the bytes; false, and the bytes stay: no smaller. */
bool zip_bytes(struct buf *bytes);

#endif
