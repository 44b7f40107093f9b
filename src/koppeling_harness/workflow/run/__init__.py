"""Certify: plan, run, judge, record and report."""
