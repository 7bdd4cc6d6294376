# Thi Đua. `make help` lists the targets; README.md says where to begin.
CC ?= gcc
CFLAGS ?= -O2 -g
# SAN=address,undefined builds beside, into build/address-undefined.
SAN ?=
comma := ,
B := build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP $(WARN) $(CFLAGS)
ifneq ($(SAN),)
ALL_CFLAGS += -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=$(SAN)
endif
LIBS := -lzmq -llmdb -lmsgpackc -lsodium -lyaml -lcsv -ljansson -lunistring -lxxhash
JOBS := -j$(shell nproc)

# A folder's objects; main.c stands apart so that tests can link the rest.
objects = $(patsubst %.c,$(B)/obj/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c)))
BROKER := $(call objects,broker)
WORKERS := $(call objects,workers) $(call objects,workers/state)
TALLY := $(call objects,workers/tally)
QUERY := $(call objects,workers/query)
CLIENTS := $(call objects,clients)
BASE := $(call objects,proto) $(call objects,common)
PROGRAMS := $(addprefix $(B)/bin/,thidua thidua-broker thidua-tally thidua-query)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
SYSTEM_TESTS := $(wildcard tests/system/test_*.sh)

.PHONY: all help demo test unit system bench lint format clean install packages-% tests
all: packages-build ## build the programs into build/bin
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

demo: all ## start Hanoi's November 2021 with a week of reports (ONCE=1: print and end)
	@deploy/hanoi/demo $(B)/bin $(if $(ONCE),--once)

# Everything is tested as built for use, then once more under AddressSanitizer and UBSan.
test: packages-build packages-test ## build and run all tests, twice: as built, and under sanitizers
	@$(MAKE) --no-print-directory $(JOBS) tests
	@$(MAKE) --no-print-directory $(JOBS) tests SAN=address,undefined
	@tests/run $(B) build/address-undefined

tests: $(PROGRAMS) $(UNIT_TESTS) $(B)/tests/peer

unit: packages-build packages-test ## run the unit tests only
	@$(MAKE) --no-print-directory $(JOBS) $(UNIT_TESTS)
	@tests/run --only unit $(B)

system: packages-build packages-test ## run the tests of real processes only
	@$(MAKE) --no-print-directory $(JOBS) tests
	@tests/run --only system $(B)

bench: packages-build ## measure a whole site beside the bare disk (RECORDS=100000)
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS) $(B)/tests/bench
	@$(B)/tests/bench $(B)/bin deploy/hanoi/campaign.yaml deploy/hanoi/units.csv $(or $(RECORDS),100000)

lint: packages-build packages-dev ## check format, includes, lengths, and what cppcheck finds
	@tests/lint

format: packages-dev ## lay out the source as .clang-format says
	clang-format -i $$(find common proto broker workers clients tests -name '*.[ch]')

PREFIX ?= /usr/local
install: all ## install programs, man page and Hanoi's files under PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/thidua/hanoi
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/thidua.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 deploy/hanoi/campaign.yaml deploy/hanoi/units.csv $(DESTDIR)$(PREFIX)/share/thidua/hanoi

clean: ## remove what was built
	rm -rf build

packages-%:
	@deploy/install-packages $*

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<";)$(CC) $(ALL_CFLAGS) -c -o $@ $<

link = @mkdir -p $(@D); $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/bin/thidua-broker: $(B)/obj/broker/main.o $(BROKER) $(BASE)
	$(link)
$(B)/bin/thidua-tally: $(B)/obj/workers/tally/main.o $(TALLY) $(WORKERS) $(BASE)
	$(link)
$(B)/bin/thidua-query: $(B)/obj/workers/query/main.o $(QUERY) $(WORKERS) $(BASE)
	$(link)
$(B)/bin/thidua: $(B)/obj/clients/main.o $(CLIENTS) $(BASE)
	$(link)

# A unit test may use every core: what it does not use, the linker leaves in the archive.
$(B)/lib/house.a: $(BROKER) $(TALLY) $(QUERY) $(WORKERS) $(CLIENTS) $(BASE)
	@mkdir -p $(@D); rm -f $@; ar qcs $@ $^
$(B)/lib/tests.a: $(call objects,tests/lib)
	@mkdir -p $(@D); rm -f $@; ar qcs $@ $^
$(B)/tests/test_%: $(B)/obj/tests/unit/test_%.o $(B)/lib/tests.a $(B)/lib/house.a
	$(link) -lcmocka
$(B)/tests/peer: $(B)/obj/tests/system/peer.o $(B)/lib/house.a
	$(link)
$(B)/tests/bench: $(B)/obj/tests/bench/bench.o $(B)/lib/tests.a $(B)/lib/house.a
	$(link)

.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
