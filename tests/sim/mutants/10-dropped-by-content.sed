# file: broker/batch.c
# A record whose bytes the open block holds already is taken for one that was sent again, and left out.
s|^        if (!block_add(block, principal, unit, body)) {|        if (memmem(block->bytes.data, block->bytes.len, body.data, body.len) != NULL) {\n            continue;\n        }\n        if (!block_add(block, principal, unit, body)) {|
