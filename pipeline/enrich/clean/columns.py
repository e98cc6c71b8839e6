"""The columns of the features: their names, in order, and where they stand."""

from __future__ import annotations

INSIDE = ("article", "main", "aside", "nav", "footer", "header", "figure", "form")
OWN = [
    *("words", "chars", "chars_a_word", "ends", "commas", "common", "capitals", "digits", "lower_start", "colon"),
    *("quotes", "repeated", "date", "cue", "bullet", "separators", "dots", "upper", "links", "tag", "heading"),
    *(f"in_{name}" for name in INSIDE),
    *("names", "near_names", "worst_name", "depth", "dense", "strict"),
]
SHIFTED = ("words", "ends", "common", "cue", "names", "links")
SHIFTS = (-3, -2, -1, 1, 2, 3)
DENSITY = ("dense3", "dense10", "dense30", "peak3", "peak10", "peak30")
MEANS = ("dates5", "links4", "cue4", "cue10", "names4", "words6", "ends6")
PLACE = (
    *("place", "first_lines", "last_lines", "lines", "good_before", "good_here", "good_all", "next_good", "last_good"),
    *("from_core", "core", "heading_cue", "heading_far", "markers", "marker_far"),
)
ELEMENTS = (
    *("in_element", "in_parent", "in_outer", "of_element", "of_parent", "of_outer"),
    *("names_best", "names_mean", "depth_mean"),
)
TOPIC = ("topic_region", "topic_prose", "topic_often")  # of texts: filled by `fill_topics`
CONTEXT = (  # of texts: filled by `fill_context`
    *("above_kind", "above_far", "below_kind", "below_far", "cuts_above", "cuts_below", "related_far"),
    *("from_dense", "dense_share", "ruled_share", "ruled", "close", "opening", "length", "run"),
)
LONG = ("long_cue",)  # of texts
NAMES = [
    *OWN,
    *(f"{name}{shift:+d}" for shift in SHIFTS for name in SHIFTED),
    *DENSITY,
    *MEANS,
    *PLACE,
    *ELEMENTS,
    *TOPIC,
    *CONTEXT,
    *LONG,
]
WIDTH = len(NAMES)
AT = {name: number for number, name in enumerate(NAMES)}
LOG = [0] * 4096  # 16 * log2(1 + i), rounded down, by integers: the bit length of its sixteenth power
for _i in range(1, 4096):
    LOG[_i] = ((_i + 1) ** 16).bit_length() - 1
