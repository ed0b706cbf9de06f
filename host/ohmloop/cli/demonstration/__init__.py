"""The demonstration: pretrained digits programmed into emulated boards, served, asked and compared with the truth."""
