"""What JupyterHub loads. Nothing is decided here: council.toml is read, functions of digital_council.hub apply it."""

from digital_council import settings
from digital_council.hub.configure import apply
from digital_council.hub.options import Options

apply(get_config(), Options.from_environment(), settings.load())  # noqa: F821
