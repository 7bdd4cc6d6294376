#include "clients/paper_out.h"

#include "clients/words.h"
#include "common/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int
paper_out(const char *path, struct slice bytes)
{
    if (strcmp(path, "-") == 0) {
        bool written = fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
        return written ? 0 : say_code(EX_IOERR, "stdout: %s", strerror(errno));
    }
    return file_replace(path, bytes) == ERR_OK
               ? 0
               : say_code(EX_CANTCREAT, tr("không ghi được tệp %s.", "cannot write %s."), path);
}
