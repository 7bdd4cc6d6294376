/* The lock of `thidua up`. */
#include "clients/uplock.h"

#include "clients/pidlock.h"
#include "proto/settings.h"

#include <stdio.h>

#define LOCK_PATH (SETTINGS_PATH_MAX + 16)

static const char *
lock_path(const char *data, char path[LOCK_PATH])
{
    snprintf(path, LOCK_PATH, "%s/run/up.lock", data);
    return path;
}

enum err
uplock_take(const char *data, int *fd)
{
    char path[LOCK_PATH];
    return pidlock_take(lock_path(data, path), fd);
}

bool
uplock_held(const char *data)
{
    char path[LOCK_PATH];
    return pidlock_held(lock_path(data, path));
}
