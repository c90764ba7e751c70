"""Forms of the services room."""

from services.forms.change import CorrectForm, VoidForm, copied, initial_of
from services.forms.facts import LOOK_BACK
from services.forms.log import OTHER_DAY, LogForm

__all__ = ["LOOK_BACK", "OTHER_DAY", "CorrectForm", "LogForm", "VoidForm", "copied", "initial_of"]
