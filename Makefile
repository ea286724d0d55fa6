.PHONY: check eval bench

check: ## everything that must hold before a change lands
	.ci/run

eval: ## precision and recall on the marked-up texts
	python3 up.py manage evaluate

bench: ## time, memory and throughput of a running stack
	python3 up.py status
