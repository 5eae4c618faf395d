"""What is run by hand beside the package: the sample dataset, pages made from the code, the graph of imports."""
