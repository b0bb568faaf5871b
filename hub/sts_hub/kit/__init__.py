"""What every feature of the hub uses: who is asking, a database session in their name, pages, problems."""
