/* What `thidua restore --to` names: a block (60), the end of a day (2021-11-05, by this machine's clock),
 * or a moment (2021-11-05T08:00:00+07:00). */
#ifndef CLIENTS_RESTORE_POINT_H
#define CLIENTS_RESTORE_POINT_H

/* The option of `thidua-broker --restore` and its value; *option is NULL where `to` is. 0, or EX_USAGE
 * told. */
int restore_point_read(const char *to, const char **option, char value[64]);

#endif
