"""The printed board: placed by functional block, routed by a maze router, written through KiCad's own pcbnew."""
