"""certctl: the control plane package shipped as a Lambda layer."""
