"""The closed topic vocabulary: the top level of the IPTC Media Topics, and `unknown`.

Source: IPTC Media Topics, https://cv.iptc.org/newscodes/mediatopic/ (CC BY 4.0).
"""

UNKNOWN = "unknown"

QCODES: dict[str, str] = {
    "conflict": "medtop:16000000",
    "crime_justice": "medtop:02000000",
    "disaster": "medtop:03000000",
    "economy": "medtop:04000000",
    "education": "medtop:05000000",
    "entertainment": "medtop:01000000",
    "environment": "medtop:06000000",
    "health": "medtop:07000000",
    "human_interest": "medtop:08000000",
    "labour": "medtop:09000000",
    "lifestyle": "medtop:10000000",
    "politics": "medtop:11000000",
    "religion": "medtop:12000000",
    "science_technology": "medtop:13000000",
    "society": "medtop:14000000",
    "sport": "medtop:15000000",
    "weather": "medtop:17000000",
    UNKNOWN: "",
}
"""Slug to qcode. Slugs are partition names: `^[a-z][a-z0-9_]*$`, never renamed."""
