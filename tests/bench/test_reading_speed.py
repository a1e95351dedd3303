"""How many statements a second one core reads claims from, in processor time."""

import random
import time

from services.contradictions.claims import Statement
from services.contradictions.reading import read_claims

LEAST_PER_SECOND = 2000
SENTENCES = (
    "合作社有{}户，去年收入{}万元。",
    "据介绍，这条路2019年修好，全长{}公里，花了{}万。",
    "嗯，那个，我们先看看再说吧，反正不着急。",
    "学校今年有{}名学生，其中{}名住校。",
    "The clinic has {} beds and treated {} patients last year.",
    "Well, I think we should go and see it first, you know.",
    "The road was finished in March 2021 and is {} km long; it cost {} yuan.",
)


def test_claims_are_read_faster_than_people_speak() -> None:
    draw = random.Random(7)
    texts = [
        draw.choice(SENTENCES).format(draw.randrange(10, 900), draw.randrange(10, 900))
        for _ in range(3000)
    ]
    for text in texts[:50]:
        read_claims(Statement("warm", text))
    begun = time.process_time()
    claims = sum(len(read_claims(Statement("s", text))) for text in texts)
    spent = time.process_time() - begun
    print(f"\n{len(texts) / spent:,.0f} statements/s, {claims} claims")  # noqa: T201
    assert claims > len(texts) / 2
    assert len(texts) / spent >= LEAST_PER_SECOND
