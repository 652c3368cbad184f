"""Make `recipients.csv`: 2,000 made-up customers, the same in every run.

    python make_recipients.py > recipients.csv

The names have what is often handled wrongly: accents, commas, quotes, apostrophes, other scripts.
"""

import csv
import io
import random
import sys

COLUMNS = ("external_id", "name", "language", "order_id")
COUNT = 2000
SEED = 20_251

# Language: its share of the customers, first names, and surnames.
PEOPLE: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        30,
        ("Amelia", "Noah", "Siobhán", "Zoë", "Oliver", "Chloe", "Jack"),
        ("O'Connor", "Smith", "St. John", "Taylor-Jones", "Williams", "D'Arcy"),
    ),
    "de": (
        20,
        ("Jürgen", "Käthe", "Lukas", "Björn", "Mia", "Sönke", "Änne"),
        ("Müller", "Groß", "Schäfer", "von der Heide", "Weiß", "Özdemir"),
    ),
    "fr": (
        15,
        ("Chloé", "François", "Gaëlle", "Loïc", "Anaïs", "Jérôme"),
        ("Lefèvre", "D'Aubigné", "Nuñez", "Bérenger", "Le Goff", "Œuvrard"),
    ),
    "es": (
        15,
        ("José", "María", "Íñigo", "Begoña", "Raúl", "Lucía"),
        ("Núñez", "García López", "Ibáñez", "Peña", "Güell", "Muñoz"),
    ),
    "pt": (
        10,
        ("João", "Conceição", "Inês", "Antônio", "Luísa", "Gonçalo"),
        ("Gonçalves", "d'Ávila", "Magalhães", "Simões", "Araújo", "Leitão"),
    ),
    "ja": (
        10,
        ("陽菜", "蓮", "さくら", "大翔", "結衣", "翔太"),
        ("佐藤", "髙橋", "渡邉", "齋藤", "小林", "山﨑"),
    ),
}
SUFFIXES = ("Jr.", "PhD", "MBA")


def full_name(draw: random.Random, language: str) -> str:
    """Draw a name, one in ten with a nickname in quotes and one in ten with a comma."""
    _, first_names, surnames = PEOPLE[language]
    first, last = draw.choice(first_names), draw.choice(surnames)
    if language == "ja":
        return f"{last} {first}"
    name = f"{first} {last}"
    kind = draw.randrange(10)
    if kind == 0:
        return f'{first} "{first[:3]}" {last}'
    return f"{name}, {draw.choice(SUFFIXES)}" if kind == 1 else name


def make_csv(count: int = COUNT, seed: int = SEED) -> str:
    """Return the file as text."""
    draw = random.Random(seed)  # noqa: S311 - the same data each time, and no secret
    shares = [share for share, _, _ in PEOPLE.values()]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number in range(1, count + 1):
        [language] = draw.choices(list(PEOPLE), shares)
        name = full_name(draw, language)
        order = f"{draw.choice('ABCDEFGH')}-{draw.randrange(100_000, 1_000_000)}"
        writer.writerow((f"customer-{number:04}", name, language, order))
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(make_csv().encode())
