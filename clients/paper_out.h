/* Where a paper or a list goes: a file that is whole or not there, or stdout for "-". */
#ifndef CLIENTS_PAPER_OUT_H
#define CLIENTS_PAPER_OUT_H

#include "common/slice.h"

#include <stdbool.h>

/* 0, or the exit code after the reason was told. */
int paper_out(const char *path, struct slice bytes);

#endif
