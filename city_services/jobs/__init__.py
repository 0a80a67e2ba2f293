"""What the clock triggers: rows `job(name, due, started, done, result)`, each run by one process.

schedule (when) ──> run_due: claim a row, work, write down what came of it

What there is to do is the city's: `city_services/seoul/nightly.py`.
"""
