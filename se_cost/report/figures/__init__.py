"""Pictures of plain numbers: SVG that only changes when its numbers do."""
