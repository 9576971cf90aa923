"""Other synchronisers, driven through their own libraries; they are installed by whoever wants the comparison."""
