"""What has happened in the studio and who may do what there: ledger, trail and access."""
