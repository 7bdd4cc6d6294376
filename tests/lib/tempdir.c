/* Temporary folders. A test that cannot make one cannot say anything: it ends. */
#include "tests/lib/tempdir.h"
#include "common/buf.h"
#include "common/check.h"
#include "common/file.h"

#include <stdlib.h>

char *
tempdir_path(const char *folder, const char *name)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s%c", folder, name, '\0');
    return (char *)path.data;
}

char *
tempdir_new(void)
{
    const char *above = getenv("TMPDIR");
    char *folder = tempdir_path(above == NULL || *above == '\0' ? "/tmp" : above, "thidua-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    return folder;
}

void
tempdir_free(char *folder)
{
    CHECK(file_remove_tree(folder) == ERR_OK);
    free(folder);
}
