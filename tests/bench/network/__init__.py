"""The resistive network beside its peers."""
