# file: workers/state/own.c
# A unit that was granted alone carries all that is beneath it.
s/(alone && depth == 0)/(alone || depth == 0)/
