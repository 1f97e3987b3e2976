"""What `audit.py`, `audit_cost.py`, `sameness.py` and `cutting.py` measure audits with."""
