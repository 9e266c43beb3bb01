"""Apps on the portal: who may see them, publication through the gate, and what their stewards may do."""
