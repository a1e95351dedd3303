"""Sentences and clauses keep their offsets; words of one idea share a key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.language import build_glossary, concept, find_words, fold, split_sentences


def test_sentences_and_clauses_are_slices_of_the_text() -> None:
    text = "  Dr. Lin came at 5:30, paid 1,200 yuan. 村里有3户，不多？好！"
    parts = [text[s.start : s.end] for s in split_sentences(text)]
    assert parts == ["Dr. Lin came at 5:30, paid 1,200 yuan.", "村里有3户，不多？", "好！"]
    clauses = [text[c.start : c.end] for c in split_sentences(text)[0].clauses]
    assert clauses == ["Dr. Lin came at 5:30,", "paid 1,200 yuan."]
    assert [s.asks for s in split_sentences(text)] == [False, True, False]


@given(st.text(max_size=200))
def test_folding_and_splitting_never_move_an_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    end = 0
    for sentence in split_sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        end = sentence.end
        for clause in sentence.clauses:
            assert sentence.start <= clause.start < clause.end <= sentence.end


def test_words_of_one_idea_share_a_key_across_languages() -> None:
    assert concept("合作社") == concept("cooperatives") == concept("co-op")
    assert concept("茶叶") == concept("tea")
    glossary = build_glossary([["青石坳", "Qingshi'ao"]])
    assert concept("青石坳", glossary) == concept("Qingshi'ao", glossary)


def test_place_names_are_put_together_and_marked() -> None:
    text = fold("白沙乡和东坪村的水渠")
    names = [text[w.start : w.end] for w in find_words(text, 0, len(text)) if w.name]
    assert names == ["白沙乡", "东坪村"]
    english = "The canal of Amber Ford is long"
    assert [w.key for w in find_words(english, 0, len(english)) if w.name] == ["amber", "ford"]
