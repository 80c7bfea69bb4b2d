"""Budgets and baselines: does this network cost more than it may, or than it did?"""
