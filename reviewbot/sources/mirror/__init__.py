"""Local mirrors of public-inbox archives: cloned by git, indexed, asked before the network."""
