#!/usr/bin/env python3
"""Makes sacrebleu.json: scores of small corpora, to which those of this project must be equal.

Versions: Python 3.11, sacrebleu 2.6.0. Seed: 20240607.
Run in this directory: python3 make_goldens.py
Sentences are the project's own; everything else is drawn at random.
"""

import json
import random

from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

SEED = 20240607

SENTENCES = [
    "The ferry leaves at 6:45 a.m., so we should be at the pier by half past six.",
    "Rain fell on 3,500.75 hectares; nobody was hurt, the mayor said.",
    "\"Who's there?\" she asked -- and nobody (not even the dog) answered.",
    "My neighbour's e-mail is j.doe@example.org; don't write after 10pm!",
    "It costs $1,299.99 (or 15% less with the code SPRING-24).",
    "Two cats sleep on the warm roof of the bakery.",
    "A small boy in yellow boots counts the snails on the wall.",
    "Version 2.6.0-beta3 fixed bugs #17, #18 & #19.",
    "Die Fähre legt um 6.45 Uhr ab, also sollten wir um halb sieben am Steg sein.",
    "Auf 3.500,75 Hektar fiel Regen; verletzt wurde niemand, sagte die Bürgermeisterin.",
    "„Wer ist da?“, fragte sie – und niemand (nicht einmal der Hund) antwortete.",
    "Zwei Katzen schlafen auf dem warmen Dach der Bäckerei.",
    "Ein kleiner Junge mit gelben Stiefeln zählt die Schnecken an der Mauer.",
    "Das kostet 1.299,99 € (oder 15 % weniger mit dem Gutschein FRÜHLING-24).",
    "Im 19. Jh. standen hier z. B. drei Mühlen, zwei Schmieden und ein Gasthaus.",
    "Le bac part à 6 h 45, alors soyons sur le quai à six heures et demie.",
    "Il a plu sur 3 500,75 hectares ; personne n’a été blessé, a dit la maire.",
    "« Qui est là ? » demanda-t-elle — et personne (pas même le chien) ne répondit.",
    "Deux chats dorment sur le toit chaud de la boulangerie.",
    "Un petit garçon aux bottes jaunes compte les escargots sur le mur.",
    "L'école d'été coûte 1 299,99 € jusqu'au 1er juin.",
    "Aujourd'hui, j'ai vu l'œuvre d'un élève : c'était magnifique !",
]

LITERALS = [
    ([""], [""]),
    ([""], ["Two cats sleep."]),
    (["Two cats sleep."], [""]),
    (["", "", ""], ["", "a", ""]),
    (["   \t "], ["\u00a0\u3000"]),
    (["cat"], ["cat"]),
    (["cat"], ["dog"]),
    (["ox"], ["ox cart"]),
    (["a b c"], ["a b c"]),
    (["a b c d"], ["a b c d"]),
    (["a b c d e"], ["a c b e d"]),
    (["a a a a a a"], ["a a b"]),
    (["the the the the the the the"], ["the cat is on the mat"]),
    (["one two three four five six"], ["six five four three two one"]),
    (["no common word at all here"], ["nothing equals anything whatever"]),
    (["a. b, c."], ["a . b , c ."]),
    (["&quot;salt &amp; pepper&quot; &lt;b&gt;"], ["\"salt & pepper\" <b>"]),
    (["&amp;lt; &amp;amp; &amp;quot; &ampamp;"], ["< & \" &amp;"]),
    (["x <skipped> y z w"], ["x y z w"]),
    (["<ski<skipped>pped> up"], ["up up"]),
    (["well-\nknown ship-\n"], ["wellknown ship-"]),
    (["first\nsecond\nthird\nfourth"], ["first second third fourth"]),
    (["-<skipped>\nover"], ["over"]),
    (["5. 5.5 .5 5,,5 ..5 5.. a..5 ,.,.7"], ["5 . 5.5 .5 5 , , 5 . . 5 5 .. a . .5 , . ,.7"]),
    (["10-12 10-a a-10 -10 1--2 1-"], ["10 - 12 10 - a a-10 -10 1 -- 2 1 -"]),
    (["٣.٤ ٣٫٤ 3．5 ५,६"], ["٣ . ٤ ٣٫٤ 3．5 ५ , ६"]),
    (["e\u0301te\u0301 caf\u00e9.\u0301 x"], ["\u00e9t\u00e9 cafe\u0301 . x"]),
    (["a\u001cb\u001dc\u001ed\u001fe f"], ["a b c d e f"]),
    (["a\u0085b\u00a0c\u1680d\u2003e\u2028f\u2029g\u202fh\u205fi\u3000j"], ["a b c d e f g h i j"]),
    (["a\u200bb c\ufeffd \u180e e\u2060f"], ["a b c d e f"]),
    (["nul\u0000 and\u0001 bell\u0007 and\u007f"], ["nul and bell and"]),
    (["carriage\rreturn\r"], ["carriage return"]),
    (["ΟΔΥΣΣΕΥΣ ΣΑΣ Σ Α.Σ. ΑΣ' ΑΣ'Α İSTANBUL ẞ"], ["οδυσσευς σας σ α.σ. ας' ασ'α i̇stanbul ß"]),
    (["👍🏽 👩‍👩‍👧 🇩🇪🇫🇷"], ["👍 👩‍👧 🇫🇷🇩🇪"]),
    (["abcdef"], ["abcdef"]),
    (["abcde"], ["abcde"]),
    (["abcdefgh", "a"], ["ab", "abcdefgh"]),
]

SPACES = " \t\u000b\u000c\r\u001c\u001d\u001e\u001f\u0085\u00a0"
SPACES += "\u1680\u2000\u2007\u200a\u2028\u2029\u202f\u205f\u3000"
PUNCTUATION = "".join(map(chr, range(0x21, 0x7F))) + "“”„«»’–—…¿¡、。"
RANGES = [
    (0x00, 0x7F), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA),
    (0x660, 0x669), (0x966, 0x96F), (0x2000, 0x206F), (0x3000, 0x30FF), (0x4E00, 0x4E80),
    (0xFF00, 0xFF60), (0x1F300, 0x1F64F), (0x1D400, 0x1D7FF), (0xE000, 0xE010), (0x10FF00, 0x10FFFD),
]
PIECES = ["&amp;", "&lt;", "&gt;", "&quot;", "&", "&apos;", "<skipped>", "-\n", "\n", "--", "...", ".,", "Σ"]


def random_scalar(draw):
    low, high = draw.choice(RANGES)
    return chr(draw.randint(low, high))


def junk(draw):
    """A short word of digits and points, of a small alphabet, of punctuation or of anything."""
    kind = draw.random()
    length = draw.randint(1, 6)
    if kind < 0.35:
        return "".join(draw.choice("0123.,.,-a ") for _ in range(length))
    if kind < 0.55:
        return "".join(draw.choice("abABΣσ") for _ in range(length))
    if kind < 0.7:
        return "".join(draw.choice(PUNCTUATION) for _ in range(length))
    if kind < 0.85:
        return draw.choice(PIECES)
    return "".join(random_scalar(draw) for _ in range(length))


def random_line(draw, maximum):
    parts = []
    for _ in range(draw.randint(0, maximum)):
        parts.append(junk(draw))
        if draw.random() < 0.7:
            parts.append(draw.choice(SPACES) if draw.random() < 0.3 else " ")
    return "".join(parts)


def distort(draw, line, rate):
    """The line with words lost, doubled, moved, changed in case or replaced by junk."""
    words = line.split(" ")
    result = []
    for word in words:
        if draw.random() >= rate:
            result.append(word)
            continue
        kind = draw.randrange(6)
        if kind == 1:
            result += [word, word]
        elif kind == 2:
            result.insert(draw.randint(0, len(result)), word)
        elif kind == 3:
            result.append(word.swapcase())
        elif kind == 4:
            result.append(junk(draw))
        elif kind == 5:
            result.append(word + draw.choice(SPACES) + draw.choice(PUNCTUATION))
    return " ".join(result)


def random_corpus(draw):
    """Hypotheses and references."""
    hypotheses, references = [], []
    for _ in range(draw.choice([1, 1, 1, 2, 3, 5])):
        kind = draw.random()
        if kind < 0.5:
            reference = draw.choice(SENTENCES)
            if draw.random() < 0.3:
                reference = distort(draw, reference, 0.2)
        elif kind < 0.6:
            reference = draw.choice(SENTENCES).split()[0]
        elif kind < 0.65:
            reference = ""
        else:
            reference = random_line(draw, 12)
        kind = draw.random()
        if kind < 0.75:
            hypothesis = distort(draw, reference, draw.choice([0.05, 0.2, 0.5]))
        elif kind < 0.85:
            hypothesis = draw.choice(SENTENCES)
        elif kind < 0.9:
            hypothesis = ""
        else:
            hypothesis = random_line(draw, 12)
        hypotheses.append(hypothesis)
        references.append(reference)
    return hypotheses, references


def score(hypotheses, references):
    mixed = BLEU().corpus_score(hypotheses, [references])
    lowercase = BLEU(lowercase=True).corpus_score(hypotheses, [references])
    return {
        "hypotheses": hypotheses,
        "references": references,
        "bleu": mixed.score,
        "matches": mixed.counts,
        "totals": mixed.totals,
        "lengths": [mixed.sys_len, mixed.ref_len],
        "precisions": mixed.precisions,
        "brevity_penalty": mixed.bp,
        "bleu_lowercase": lowercase.score,
        "chrf": CHRF().corpus_score(hypotheses, [references]).score,
    }


def tokenize(line):
    return {"line": line, "tokens": Tokenizer13a()(line.rstrip()).split()}


def main():
    draw = random.Random(SEED)
    corpora = LITERALS + [random_corpus(draw) for _ in range(400)]
    corpora.append((
        [distort(draw, line, 0.3) for line in SENTENCES for _ in range(3)],
        [line for line in SENTENCES for _ in range(3)],
    ))
    goldens = {
        "corpora": [score(*corpus) for corpus in corpora],
        "tokenization": [tokenize(random_line(draw, 10)) for _ in range(200)],
    }
    with open("sacrebleu.json", "w", encoding="ascii") as file:
        for name in goldens:
            file.write(("{" if name == "corpora" else ",") + json.dumps(name) + ": [\n")
            file.write(",\n".join(json.dumps(case) for case in goldens[name]))
            file.write("\n]\n")
        file.write("}\n")


if __name__ == "__main__":
    main()
