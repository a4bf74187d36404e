"""PK4xx: what is wrong with the output folder. The paths in messages are relative to it, and posix."""

from __future__ import annotations

import errno
from pathlib import Path

from pkit_gen.diagnostics.catalog.registry import mistake
from pkit_gen.diagnostics.model import Diagnostic, Severity

REGENERATE = "run pkit-gen"


@mistake("PK401", "a file that pkit did not write is in the way")
def foreign_file(code: str, path: str, output: Path) -> Diagnostic:
    """The output needs `path`, where there is something that the manifest does not list."""
    message = f'"{path}" is in the way: pkit-gen did not write it, and never overwrites such a file'
    return Diagnostic(code, message, help="move it, or generate into another folder", path=output / path)


@mistake("PK402", "a generated file is stale")
def stale_file(code: str, path: str, output: Path) -> Diagnostic:
    """`path` is what an earlier run wrote, but not what the sources give now."""
    return Diagnostic(
        code, f'"{path}" is stale: the sources give another text now', help=REGENERATE, path=output / path
    )


@mistake("PK403", "a generated file is missing")
def missing_file(code: str, path: str, output: Path) -> Diagnostic:
    """The sources give `path`, which is not in the output folder."""
    return Diagnostic(code, f'"{path}" is missing', help=REGENERATE, path=output / path)


@mistake("PK404", "a generated file was edited by hand")
def edited_file(code: str, path: str, output: Path) -> Diagnostic:
    """`path` is not what pkit-gen wrote: its syntax tree is another one."""
    advice = (
        "make the change in the sources, or beside the generated package, and run pkit-gen, which overwrites the edit"
    )
    return Diagnostic(code, f'"{path}" was edited by hand', help=advice, path=output / path)


@mistake("PK405", "a generated file is no longer part of the output")
def leftover_file(code: str, path: str, output: Path) -> Diagnostic:
    """An earlier run wrote `path`, which the sources do not give any more."""
    message = f'"{path}" is no longer part of the output'
    return Diagnostic(code, message, help=f"{REGENERATE}, which removes it", path=output / path)


@mistake("PK406", "the manifest cannot be read")
def unreadable_manifest(code: str, reason: str, path: Path) -> Diagnostic:
    """The manifest is there, but is not one, because of `reason`."""
    message = f"the manifest cannot be read, so pkit-gen cannot tell which files are its own: {reason}"
    advice = "restore it from version control, or delete the generated files together with it, and run pkit-gen"
    return Diagnostic(code, message, help=advice, path=path)


ADVICE = {
    errno.EACCES: "allow pkit-gen to read and to write it",
    errno.EPERM: "allow pkit-gen to read and to write it",
    errno.EROFS: "choose an output folder on a file system that can be written",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room, or ask for a larger quota",
    errno.EFBIG: "raise the limit on the size of files",
    errno.ENAMETOOLONG: "choose a shorter output folder, or shorter keys",
    errno.EISDIR: "move away what is there: a file belongs there",
    errno.ENOTDIR: "move away what is there: a folder belongs there",
    errno.ELOOP: "choose an output folder that is no circle of links",
    errno.ENOENT: "run pkit-gen again: something was removed while it ran",
}
"""What to do about the reasons that a system has to refuse."""


@mistake("PK407", "the output folder cannot be used")
def unusable_output(code: str, error: OSError, path: Path) -> Diagnostic:
    """Reading or writing at `path` failed with `error`, and the output folder is as it was."""
    message = f"the output folder cannot be used: {error.strerror or error}; nothing was changed"
    advice = ADVICE.get(error.errno or 0, "see to what the system refuses, and run pkit-gen again")
    return Diagnostic(code, message, help=advice, path=path)


@mistake("PK408", "a file of a removed entity was edited by hand and stays")
def edited_leftover(code: str, path: str, output: Path) -> Diagnostic:
    """`path` is no longer part of the output, but holds somebody's edits."""
    message = f'"{path}" is no longer part of the output, but was edited by hand, so it stays'
    return Diagnostic(code, message, help="move or delete it", severity=Severity.WARNING, path=output / path)


@mistake("PK409", "the generated package does not type-check")
def failed_verification(code: str, output: Path) -> Diagnostic:
    """mypy --strict found errors in the generated package, and printed them."""
    advice = "mend the types that the entities name, or report a bug of pkit with mypy's messages"
    return Diagnostic(code, "mypy --strict found errors in the generated package", help=advice, path=output)


@mistake("PK410", "an earlier run was interrupted while it wrote")
def interrupted_run(code: str, output: Path) -> Diagnostic:
    """A run was killed between two files, and the output folder may hold old ones and new ones."""
    message = "an earlier run was interrupted while it wrote, so old files and new ones may be mixed"
    return Diagnostic(code, message, help=f"{REGENERATE}, which takes back what was begun", path=output)


@mistake("PK411", "the output folder has a name that cannot be imported")
def unimportable_output(code: str, output: Path) -> Diagnostic:
    """The last part of the path is no name of a package."""
    message = f'"{output.name}" is no name of a package, so nothing can import what is generated'
    advice = "choose a folder with the name of a package, as repos: letters, digits and underscores"
    return Diagnostic(code, message, help=advice, severity=Severity.WARNING, path=output)
