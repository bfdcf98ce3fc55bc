"""What prints the documentation: tables of the reference, from the code that they describe."""
