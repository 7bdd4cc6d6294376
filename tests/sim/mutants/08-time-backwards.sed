# file: broker/sequencer_local.c
# A block takes the clock's time, also where the clock was set back.
s|int64_t time_us = now_us > head.time_us ? now_us : head.time_us;|int64_t time_us = now_us;|
