"""Words that spreadsheets and programs write instead of a value, in many languages."""

# ruff: noqa: RUF001 - the words in other scripts are intended

__all__ = ["BOOLEANS", "ERROR_PREFIXES", "ERROR_WORDS", "MONTHS", "NO_VALUES"]

_ERROR_WORDS = """
    #N/A #NV #N/D #NB #I/T #NA #Н/Д #YOK #SAKNAS #PUUTTUU #HIÁNYZIK #BRAK #N/DISP #Δ/Υ
    #NENÍ_K_DISPOZICI #NENÍ_K_DISPOZÍCII #NEDOSTUPNÝ #NIET_BESCHIKBAAR
    #GETTING_DATA #GETTING_DATA... #LOADING N/A
"""
ERROR_WORDS = frozenset(_ERROR_WORDS.split())
"""Error words without a mark at their end (unlike `#REF!` and `#NAME?`), in capitals."""

ERROR_PREFIXES = (
    "Err",
    "Fehler",
    "Erreur",
    "Errore",
    "Erro",
    "Fout",
    "Fel",
    "Feil",
    "Błąd",
    "Hiba",
)
"""Words that LibreOffice writes before the number of an error: `Err:502`."""

_BOOLEANS = """
    WAHR FALSCH VRAI FAUX VERDADERO FALSO VERDADEIRO VERO WAAR ONWAAR SANT FALSKT SAND FALSK SANN
    USANN TOSI EPÄTOSI PRAWDA FAŁSZ PRAVDA NEPRAVDA IGAZ HAMIS DOĞRU YANLIŞ ADEVĂRAT FALS
    ИСТИНА ЛОЖЬ ΑΛΗΘΕΣ ΨΕΥΔΕΣ 真 偽
"""
BOOLEANS = frozenset(_BOOLEANS.split())
"""TRUE and FALSE in other languages, in capitals only, since "Vero" and "Sand" are names."""

_NO_VALUES = r"""
    true false null none nil nan nat undefined <na> <null> (null) [null] #null \n inf +inf -inf
    infinity +infinity -infinity -nan 1.#ind -1.#ind 1.#qnan 1.#inf -1.#inf
"""
NO_VALUES = frozenset([*_NO_VALUES.split(), "(blank)", "(empty)", "[object object]"])
"""Words that programs write for a boolean or for no value, in lower case."""

# English, German, French, Spanish, Portuguese, Italian and Dutch.
_MONTHS = """
    jan feb mar apr may jun jul aug sep sept oct nov dec
    jän mär mrz mai okt dez janv févr fév fevr mars avr juin juil août déc
    ene abr ago dic fev set out gen mag giu lug ott mrt mei
"""
MONTHS = tuple(_MONTHS.split())
"""Months as spreadsheets abbreviate them, in lower case."""
