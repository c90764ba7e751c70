"""What of this room is kept for a time only (clients.retention)."""

from clients.actions.retention import anonymise_file
from clients.queries.retention import closed_files
from clients.retention import Kept, keep

keep(Kept("files", "服务对象档案", "份", "归档", ended=closed_files, anonymise=anonymise_file))
