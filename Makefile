# Two commands do everything: `make demo` and `make test`. What was done is remembered in .stamps/.
PYTHON ?= python3
SANDBOX ?= auto
EXTENSION := extensions/courseware-lab
BIN := $(CURDIR)/.venv/bin
LOCK := requirements/constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK)
SOURCES := $(shell find $(EXTENSION)/src $(EXTENSION)/style $(EXTENSION)/schema -type f 2>/dev/null) \
           $(EXTENSION)/package.json $(EXTENSION)/tsconfig.json
# Whole modules go to a worker, and in our order, which begins with the long ones; not with those of many tests.
WORKERS := -n 2 --dist loadscope --no-loadscope-reorder
LIBRARIES := import sysconfig; print(sysconfig.get_path('purelib'))
# A folder named in a .pth is searched, and its own .pth files are not read: courseware itself stands in one.
BEHIND := import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))
export PATH := $(BIN):$(PATH)

.PHONY: help demo test test-quick check lint bench soak extension lock clean prerequisites-demo prerequisites-test

help: ## show what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

demo: prerequisites-demo .stamps/demo .stamps/extension ## the whole story on this machine, then JupyterLab and the staff pages
	$(BIN)/courseware demo $(if $(filter none,$(SANDBOX)),--unsafe-no-sandbox) $(ARGS)

test: check .stamps/rtc .stamps/pandas .stamps/older .stamps/hub5 .stamps/servers ## every check and every test
	$(BIN)/python -m pytest $(WORKERS) $(ARGS)

test-quick: .stamps/test .stamps/pandas ## the tests that need no browser and no minutes
	$(BIN)/python -m pytest $(WORKERS) -m "not slow" $(ARGS)

check: prerequisites-test .stamps/test .stamps/extension lint ## every check of both languages, and the extension's own tests
	cd $(EXTENSION) && jlpm lint:check && jlpm test

lint: .stamps/test ## format, lint, types and the order of rooms, for Python
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: prerequisites-test .stamps/test .stamps/extension ## measure; writes build/bench.json
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: prerequisites-test .stamps/test ## the tests of endurance at full scale
	COURSEWARE_SCALE=full $(BIN)/python -m pytest -m soak $(ARGS)

extension: .stamps/extension ## build the JupyterLab extension

lock: .stamps/test ## write requirements/constraints.txt anew from what .venv holds
	$(BIN)/python scripts/lock.py > $(LOCK).new && mv $(LOCK).new $(LOCK) && touch .stamps/venv .stamps/test

clean: ## remove all that was made
	rm -rf .venv .stamps build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf $(EXTENSION)/node_modules $(EXTENSION)/lib $(EXTENSION)/labextension courseware/lab/locale/*/

prerequisites-demo:
	@$(PYTHON) scripts/prerequisites.py demo --sandbox $(SANDBOX)

prerequisites-test:
	@$(PYTHON) scripts/prerequisites.py test

.stamps/venv: $(LOCK)
	$(PYTHON) -m venv .venv
	$(INSTALL) hatchling jupyter-builder
	mkdir -p .stamps && touch $@

.stamps/demo: .stamps/venv pyproject.toml hatch_build.py $(wildcard deploy/jupyter/*.json)
	$(INSTALL) --no-build-isolation -e '.[demo]'
	touch $@

# A library of the Scheme kernel comes as source only, and this Python's setuptools makes wheels with the help of wheel.
.stamps/test: .stamps/venv pyproject.toml hatch_build.py $(wildcard deploy/jupyter/*.json)
	$(INSTALL) wheel
	$(INSTALL) --no-build-isolation -e '.[test]'
	$(BIN)/python -m bash_kernel.install --sys-prefix > /dev/null
	touch $@ .stamps/demo

# A second Python for the courses of a test: it looks into .venv, and has another pandas before what it finds there.
.stamps/pandas: .stamps/test requirements/pandas.txt
	$(BIN)/python -m venv .venv/pandas
	$(BIN)/python -c "$(LIBRARIES)" > "$$(.venv/pandas/bin/python -c "$(LIBRARIES)")/behind.pth"
	.venv/pandas/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/pandas.txt
	touch $@

# Environments of their own that look into .venv. rtc: JupyterLab as it is where documents are shared, since
# jupyter-collaboration changes every Lab of the environment in which it is installed. hub5: the JupyterHub before the
# one of constraints.txt, as many sites run it.
.stamps/rtc .stamps/hub5: .stamps/%: .stamps/test requirements/%.txt
	$(BIN)/python -m venv .venv/$*
	$(BIN)/python -c '$(BEHIND)' > "$$(.venv/$*/bin/python -c "$(LIBRARIES)")/behind.pth"
	.venv/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/$*.txt
	touch $@

# JupyterLab with the extension of the minor version before, as it was released, against the service of this one.
.stamps/older: .stamps/test $(wildcard tests/older/*.whl)
	rm -rf .venv/older
	$(BIN)/python -m venv .venv/older
	$(BIN)/python -c '$(BEHIND)' > "$$(.venv/older/bin/python -c "$(LIBRARIES)")/behind.pth"
	.venv/older/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index tests/older/*.whl
	touch $@

# Servers that tests start: the proxy of a JupyterHub, and one that speaks S3 and keeps its files on disk.
.stamps/servers: .stamps/venv requirements/servers/package.json requirements/servers/yarn.lock
	cd requirements/servers && jlpm install --immutable
	touch $@

.stamps/node: .stamps/venv $(EXTENSION)/package.json $(EXTENSION)/yarn.lock
	cd $(EXTENSION) && jlpm install --immutable
	touch $@

.stamps/languages: .stamps/venv scripts/lab_languages.py $(wildcard courseware/languages/*.po)
	$(BIN)/python scripts/lab_languages.py
	touch $@

.stamps/extension: .stamps/node $(SOURCES) | .stamps/languages
	cd $(EXTENSION) && jlpm build:prod
	mkdir -p .venv/share/jupyter/labextensions
	ln -sfn $(CURDIR)/$(EXTENSION)/labextension .venv/share/jupyter/labextensions/courseware-lab
	touch $@
