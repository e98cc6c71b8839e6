"""Pure folds over records: what dashboards and `articles ledger` show."""
