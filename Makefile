.PHONY: check eval bench

check: ## everything that must hold before a change lands
	.ci/run

eval: ## precision and recall on the marked-up texts
	python3 up.py manage evaluate

bench: ## articles per second beside the bare model, then time and memory of a running stack
	python3 up.py manage bench
	python3 up.py status
