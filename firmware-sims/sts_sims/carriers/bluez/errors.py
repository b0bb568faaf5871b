"""Errors as BlueZ names them on D-Bus."""

BLUEZ_ERROR = "org.bluez.Error."
UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
INVALID_ARGS = "org.freedesktop.DBus.Error.InvalidArgs"

# The text of a failed Connect in BlueZ's src/error.h.
ABORT_BY_LOCAL = "le-connection-abort-by-local"


class BluezError(Exception):
    """An error reply: a D-Bus error name and BlueZ's text."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name if "." in name else BLUEZ_ERROR + name
        self.text = text


def unknown_object(path: str) -> BluezError:
    return BluezError(UNKNOWN_OBJECT, f"Method does not exist on object {path}")


def not_ready() -> BluezError:
    return BluezError("NotReady", "Resource Not Ready")


def in_progress(text: str = "Operation already in progress") -> BluezError:
    return BluezError("InProgress", text)


def does_not_exist() -> BluezError:
    return BluezError("DoesNotExist", "Does Not Exist")


def failed(text: str) -> BluezError:
    return BluezError("Failed", text)
