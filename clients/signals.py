"""What happens to files of people served, told inside the transaction of the action: higher rooms keep their rows true.

A receiver that raises ValidationError undoes the whole action, and its words stand on the form.

- `person_changed(persons, by)`: merging or unmerging. `persons`: file key → key of the file that stands for the person
  now (Client.person_id), of those that changed. The files and their roots are locked.
- `consent_changed(client)`: a consent was given or withdrawn. The file is locked.
- `leaving(client, station, on, by, to)`: `station` keeps the file open until `on`, exclusive: it is closed, or moves to
  the station `to` (None: closed).
- `anonymised(client, by)`: nothing of the person may stay. Whoever keeps texts or names of them empties these; counts,
  dates and kinds stay, and so do the figures.
"""

from __future__ import annotations

from django.dispatch import Signal

# What stands in the place of a text that has to be there.
GONE = "档案保存期满，已匿名"

person_changed = Signal()
consent_changed = Signal()
leaving = Signal()
anonymised = Signal()
