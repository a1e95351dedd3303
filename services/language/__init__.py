"""Language: sentences, numbers, units, dates, words of Chinese and English, with offsets."""

from __future__ import annotations

from services.language.clauses import Clause, Sentence, split_sentences
from services.language.concepts import build_glossary, concept, stem
from services.language.dates import Period, find_periods
from services.language.finders import Finder
from services.language.lexicon_files import alternation, is_chinese, lexicon, pattern
from services.language.number_labels import numbered_pattern
from services.language.quantities import Quantity, find_quantities
from services.language.script import fold
from services.language.units import dimensions_agree, unit_after
from services.language.words import Word, find_words, tag

__all__ = [
    "Clause",
    "Finder",
    "Period",
    "Quantity",
    "Sentence",
    "Word",
    "alternation",
    "build_glossary",
    "concept",
    "dimensions_agree",
    "find_periods",
    "find_quantities",
    "find_words",
    "fold",
    "is_chinese",
    "lexicon",
    "numbered_pattern",
    "pattern",
    "split_sentences",
    "stem",
    "tag",
    "unit_after",
]
