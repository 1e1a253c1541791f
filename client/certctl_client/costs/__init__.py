"""What a stack costs: list prices of AWS, the usage that each kind of work was counted at, and the sum."""
