"""Lists of feeds: check them, find those of a site, bring them over from elsewhere."""
