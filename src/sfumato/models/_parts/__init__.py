"""What several families share. No family is named here."""
