"""What is measured, against peers and over time; not part of the package."""
