"""The policy language, from the words that rules are read by."""

from gateway.rules import FIELDS
from models.words import Operator, Outcome
from tools.press.docstrings import said_of
from tools.press.markdown import clause, code, table

ABSENT = " Absent: "
REQUIRED = "required"


def rules() -> str:
    """Return the table of what a rule can hold."""
    said = {name: " ".join(text.split()) for name, text in said_of("gateway.rules.Rule").items()}
    rows = []
    for key, field in FIELDS.items():
        meaning, _, absent = said["conditions" if field == "match" else field].partition(ABSENT)
        rows.append([code(key), clause(meaning), clause(absent) or REQUIRED])
    return table(("key", "meaning", "when absent"), rows)


def outcomes() -> str:
    """Return the table of what a rule can answer."""
    said = said_of("models.words.Outcome")
    return table(("`decision`", "what happens"), ([code(one.value), clause(said[one.name])] for one in Outcome))


def operators() -> str:
    """Return the table of the operators."""
    said = said_of("models.words.Operator")
    rows = []
    for one in Operator:
        operand, _, holds = said[one.name].partition(": ")
        rows.append([code(one.value), clause(operand), clause(holds)])
    return table(("operator", "operand", "holds when"), rows)
