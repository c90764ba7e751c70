"""Measurements that `make bench` prints: ratios side by side in one run, never asserted by the tests."""
