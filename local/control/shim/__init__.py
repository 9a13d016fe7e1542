"""A thin process around moto: the control plane of the local target."""
