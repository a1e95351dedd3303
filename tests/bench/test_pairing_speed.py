"""What blocking and comparing costs: 100,000 claims that were read before, in trips of 2,000."""

import random
import time

from services.contradictions.claims import Claim, Statement
from services.contradictions.index import Postings
from services.contradictions.judging import judge_statements
from services.contradictions.reading import read_claims

CLAIMS, TRIP = 100_000, 2_000
MOST_SECONDS = 10.0  # of one core
WHO = tuple(a + b for a in "东西南北青白红石柳黄" for b in "岸门关河岭沙渡坪桥湾")
WHAT = [
    "医院",
    "工厂",
    "港口",
    "法院",
    "车站",
    "中学",
    "电厂",
    "仓库",
    "图书馆",
    "水厂",
    "银行",
    "酒店",
    "公司",
    "机场",
    "学院",
]
OF = [
    "工人",
    "护士",
    "教师",
    "床位",
    "车辆",
    "吊机",
    "教室",
    "订单",
    "合同",
    "设备",
    "学生",
    "客户",
    "房间",
    "病人",
    "船只",
]


def sentence(draw: random.Random) -> str:
    """A statement with one number."""
    return f"{draw.choice(WHO)}{draw.choice(WHAT)}{draw.choice(OF)}有{draw.randrange(20, 900)}个。"


def trip_of_claims(draw: random.Random, size: int) -> list[list[Claim]]:
    """Statements with one number claim or more each, `size` claims in all."""
    out: list[list[Claim]] = []
    made = 0
    while made < size:
        claims = read_claims(Statement(str(len(out)), sentence(draw)))
        made += len(claims)
        out.append(claims)
    return out


def pair(trip: list[list[Claim]]) -> tuple[int, int]:
    """Pairs judged and findings made when each statement meets those before it."""
    postings, pairs, findings = Postings(), 0, 0
    for number, claims in enumerate(trip):
        for other in postings.candidates(claims):
            pairs += 1
            findings += sum(1 for _ in judge_statements(trip[int(other)], claims))
        postings.add(str(number), claims)
    return pairs, findings


def test_stored_claims_are_paired_in_little_time() -> None:
    draw = random.Random(11)
    one = trip_of_claims(draw, TRIP)
    begun = time.process_time()
    pairs = findings = 0
    for _ in range(CLAIMS // TRIP):
        draw.shuffle(one)
        more = pair(one)
        pairs, findings = pairs + more[0], findings + more[1]
    spent = time.process_time() - begun
    print(f"\n{spent:.1f} s for {CLAIMS:,} claims, {pairs:,} pairs, {findings:,} findings")  # noqa: T201
    assert findings > 0
    assert spent < MOST_SECONDS
