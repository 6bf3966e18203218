"""Who reviewed a commit: named well, more than once, and by whom it was written."""

from __future__ import annotations

import pytest

from gates.versions.git.authors import review_in

ADA, BO = ("Reviewed-by", "Ada <ada@x.org>"), ("Reviewed-by", "Bo B. <bo@x.org>")


@pytest.mark.parametrize(
    ("trailers", "count"),
    [
        ((ADA, BO), {"ada@x.org": "Ada", "bo@x.org": "Bo B."}),
        ((ADA, ("Reviewed-by", " Ada L. <ADA@X.org> ")), {"ada@x.org": "Ada"}),
        ((ADA, ("reviewed-BY", "Bo <bo@x.org>")), {"ada@x.org": "Ada", "bo@x.org": "Bo"}),
        ((ADA, ("Reviewed-by", "Zoe <Zoe@X.ORG>")), {"ada@x.org": "Ada"}),
        ((ADA, BO, ("Co-authored-by", "Bo <BO@x.org>")), {"ada@x.org": "Ada"}),
        ((ADA, ("Reviewed-by", "Bo\n  Beta\n <bo@x.org>")), {"ada@x.org": "Ada", "bo@x.org": "Bo Beta"}),
        ((ADA, ("Acked-by", "Bo <bo@x.org>")), {"ada@x.org": "Ada"}),
    ],
)
def test_reviewers_are_told_apart_by_mail_and_authors_do_not_count(trailers, count):
    assert review_in("zoe@x.org", trailers).reviewers == count
