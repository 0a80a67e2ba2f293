"""The hot paths, measured as shares of the raw primitive in the same run: `python -m benchmarks`.

World (a seeded city) ── one file per workload ──> Workload: the raw limit, ours, the peers
Workload ── measuring: checked, then interleaved in rounds ──> Timings ── table ──> stdout

No absolute time means anything here: machines differ, and the same machine does from hour to hour.
What is compared is what ran in the same round.
"""
