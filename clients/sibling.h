/* The other programs of this build, which stand in the folder of this one. */
#ifndef CLIENTS_SIBLING_H
#define CLIENTS_SIBLING_H

/* Runs it and waits; its stderr is ours. `arguments` ends with NULL, its first is filled in here. Gives
 * its exit code; EX_OSFILE where it cannot be run, EX_SOFTWARE where a signal ended it, both told. */
int sibling_run(const char *name, char *arguments[]);

#endif
